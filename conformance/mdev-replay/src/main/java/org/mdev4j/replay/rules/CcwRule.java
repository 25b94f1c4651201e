package org.mdev4j.replay.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.DeviceFile;

/** A rule about a subchannel's file, computed from the request and the subchannel's shadow. */
final class CcwRule implements Rule {
  /** The file on which calls are made that name none. */
  private static final String DEVICE = "DEV";

  private final String name;
  private final Reason reason;
  private final Answer answer;

  CcwRule(String name, Reason reason, Answer answer) {
    this.name = name;
    this.reason = reason;
    this.answer = answer;
  }

  /** The answer to a step; or null. */
  @FunctionalInterface
  interface Answer {
    /**
     * What must be seen; null if the rule says nothing.
     *
     * @param shadow the subchannel that the step is made on, before the step
     */
    @Nullable Observation expect(Step step, CcwShadow shadow, Session session);
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
    JsonNode named = step.args().json().path(step.args().has("on") ? "on" : "fd");
    String on = named.isTextual() ? named.textValue() : DEVICE;
    CcwShadow shadow =
        session.named(on) instanceof DeviceFile file ? session.shadows().subchannel(file) : null;
    return shadow == null ? null : answer.expect(step, shadow, session);
  }

  // Parts of answers.

  static ObjectNode errno(String name) {
    return Answers.object().put("errno", name);
  }

  /** An answer that nothing else comes of. */
  static Observation quiet(Step step, JsonNode result) {
    ArrayNode uevents = step.recorded().uevents();
    return new Observation(result, uevents, Answers.object(), List.of());
  }

  /** Where an access begins in the file. */
  static long position(Args args) {
    return args.has("offset") ? args.address("offset") : 0;
  }

  /** Whether it is a read whose bytes were recorded. */
  static boolean isRead(Step step) {
    return (step.op().equals("pread") || step.op().equals("read"))
        && step.recorded().result().has("data");
  }

  /** Whether it is a write with plain data. */
  static boolean isWrite(Step step) {
    return step.op().equals("pwrite") || step.op().equals("io_start");
  }
}
