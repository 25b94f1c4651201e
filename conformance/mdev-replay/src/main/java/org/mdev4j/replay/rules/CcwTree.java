package org.mdev4j.replay.rules;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/** A subchannel that a RESET broke in the kernel is still in the tree, with what is below it. */
final class CcwTree implements Rule {
  private static final Pattern LINK =
      Pattern.compile("/sys/bus/(css/devices/[0-9a-f.]+|mdev/devices/[0-9a-f-]{36})(/driver)?");

  @Override
  public String name() {
    return "ccw-reset-keeps-tree";
  }

  @Override
  public Reason reason() {
    return Reason.KERNEL_IS_WRONG;
  }

  @Override
  public @Nullable Observation expect(Step step, Session session) {
    boolean looks = step.op().equals("lstat") || step.op().equals("readlink");
    if (!looks || !step.recorded().result().has("errno")) {
      return null;
    }
    Matcher path = LINK.matcher(session.path(step.args()));
    String kept = path.matches() ? session.shadows().keptInTree(path.group(1)) : null;
    if (kept == null) {
      return null;
    }
    String target;
    if (path.group(2) == null) {
      target = "../../.." + kept.substring("/sys".length());
    } else {
      boolean isSubchannel = path.group(1).startsWith("css");
      target =
          isSubchannel
              ? "../../../bus/css/drivers/vfio_ccw"
              : "../../../../bus/mdev/drivers/vfio_ccw_mdev";
    }
    return step.recorded()
        .giving(
            step.op().equals("readlink")
                ? Answers.object().put("target", target)
                : Answers.object().put("type", "link").put("mode", "0777").put("target", target));
  }
}
