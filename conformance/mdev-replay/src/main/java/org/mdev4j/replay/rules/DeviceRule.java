package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.MappedRegion;
import org.mdev4j.vfio.DeviceFile;

/**
 * A deviation in what a device's file answers, computed from the request and the device's shadow.
 */
final class DeviceRule implements Rule {
  private final String name;
  private final Reason reason;
  private final Answer answer;

  DeviceRule(String name, Reason reason, Answer answer) {
    this.name = name;
    this.reason = reason;
    this.answer = answer;
  }

  /** The answer to a step; or null. */
  @FunctionalInterface
  interface Answer {
    /**
     * What the device must answer; null if the rule says nothing.
     *
     * @param shadow the device that the step is made on, before the step
     */
    @Nullable JsonNode expect(Step step, Shadow shadow, Session session);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Reason reason() {
    return reason;
  }

  @Override
  public @Nullable Observation expect(Step step, Session session) {
    Shadow shadow = shadow(step.args(), session);
    if (shadow == null) {
      return null;
    }
    JsonNode result = answer.expect(step, shadow, session);
    return result == null ? null : Observation.of(result, step.recorded().uevents());
  }

  private static @Nullable Shadow shadow(Args args, Session session) {
    if (args.json().path("on").isTextual()
        && session.named(args.text("on")) instanceof DeviceFile file) {
      return session.shadows().of(file);
    }
    if (args.json().path("map").isTextual()
        && session.named(args.text("map")) instanceof MappedRegion region) {
      return session.shadows().of(region);
    }
    return null;
  }
}
