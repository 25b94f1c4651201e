package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Step;

/** Loading and unloading. */
final class ModuleOps {
  /** A module of the emulated machine's disk, which has no counterpart. */
  private static final String VIRTIO_BLK = "virtio_blk";

  private ModuleOps() {}

  static void addTo(Ops ops) {
    ops.add(
        "insmod",
        ModuleOps::insmod,
        (step, recorded, got, session) ->
            isDisk(step) ? null : Judge.WHOLE.difference(step, recorded, got, session),
        ModuleOps::isDisk);
    ops.add("rmmod", ModuleOps::rmmod);
  }

  private static boolean isDisk(Step step) {
    return step.op().equals("insmod") && step.args().text("module").equals(VIRTIO_BLK);
  }

  private static JsonNode insmod(Step step, Session session) {
    if (isDisk(step)) {
      return NullNode.getInstance();
    }
    String parameters = step.args().textOrNull("params");
    session.insmod(step.args().text("module"), parameters == null ? "" : parameters);
    return Answers.ret(0);
  }

  private static JsonNode rmmod(Step step, Session session) {
    session.host().modules().rmmod(step.args().text("module"));
    return Answers.ret(0);
  }
}
