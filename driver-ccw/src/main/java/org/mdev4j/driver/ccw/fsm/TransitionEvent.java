package org.mdev4j.driver.ccw.fsm;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;

/** An event of a device's state machine, in a flight recording. */
@Name("org.mdev4j.ccw.FsmEvent")
@Label("vfio-ccw state machine event")
@Description("An event of a device, and the state that it found the device in")
@Category({"mdev4j", "vfio-ccw"})
@StackTrace(false)
final class TransitionEvent extends jdk.jfr.Event {
  @Label("Subchannel")
  @Nullable String subchannel;

  @Label("State before")
  @Nullable String state;

  @Label("Event")
  @Nullable String event;

  static void commit(SubchannelId subchannel, State before, Event what) {
    TransitionEvent transition = new TransitionEvent();
    if (transition.shouldCommit()) {
      transition.subchannel = subchannel.busId();
      transition.state = before.name();
      transition.event = what.name();
      transition.commit();
    }
  }
}
