package org.mdev4j.sim.css;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;

/** A device behind a subchannel, from the outside: what an operator or a test may do to it. */
public interface SimulatedDevice {
  /** Its device number. */
  int number();

  /** The subchannel that it is attached to. */
  SubchannelId subchannel();

  /** Its user's end, if it is a console or terminal, else null. */
  @Nullable Console console();

  /** Holds every channel program at {@code point} from now on. */
  void hold(HoldPoint point);

  /** Lets the programs that are held go on, and holds none any more. */
  void release();

  /**
   * The device presents status that belongs to no command, for example ATTENTION, 0x80.
   *
   * @param status device status, byte 8 of the SCSW
   */
  void present(int status);
}
