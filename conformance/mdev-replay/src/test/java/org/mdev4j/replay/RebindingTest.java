package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules for devices that were bound again: what they accept, and that they accept no less. */
class RebindingTest {
  private static final String UUID = "11111111-2222-3333-4444-555555555501";
  private static final String DEVICE = "/sys/bus/mdev/devices/" + UUID;
  private static final String DEVPATH = "/devices/virtual/mtty/mtty/" + UUID;

  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void createAndUnbind() {
    add(
        """
        {"op":"write","args":{"path":"/sys/bus/mdev/drivers/mtty/unbind","data":"%1$s",\
        "hidden_before":[{"call":"write",\
        "path":"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create","data":"%1$s"},\
        {"call":"drain"}]},"result":{"ret":36},"uevent_count":3\
        """
            .formatted(UUID));
  }

  private void add(String withoutStep) {
    lines.add(withoutStep.replaceFirst("\\{", "{\"step\":" + (lines.size() + 1) + ",") + "}");
  }

  private void write(String path, String data, String result) {
    add(
        "{\"op\":\"write\",\"args\":{\"path\":\"%s\",\"data\":\"%s\"},\"result\":%s"
            .formatted(path, data, result));
  }

  private void bind(String driver) {
    write(
        "/sys/bus/mdev/drivers/" + driver + "/bind",
        UUID,
        "{\"errno\":\"ENODEV\",\"at\":\"write\"}");
  }

  private List<StepReport> replay() throws IOException {
    Path file = Conformance.transcript(folder, "rebind-A-test", lines.toArray(String[]::new));
    return new Replayer().replay(file).steps();
  }

  private static String ruleOf(StepReport step) {
    return step.outcome() + " " + step.rule();
  }

  @Test
  void bindingAgainListingAndRemovalFollowTheRules() throws IOException {
    bind("mtty");
    add(
        """
        {"op":"ls","args":{"path":"%s/"},"result":{"entries":[]}\
        """
            .formatted(DEVICE));
    add(
        """
        {"op":"tree","args":{"path":"/sys%s","depth":3},"result":{"entries":[]}\
        """
            .formatted(DEVPATH));
    add(
        """
        {"op":"write","args":{"path":"%s/remove","data":"1"},"result":{"ret":1},\
        "uevents":[{"uevent":"remove@%s","subsystem":"mdev","env":[]}]\
        """
            .formatted(DEVICE, DEVPATH));

    assertThat(replay())
        .extracting(RebindingTest::ruleOf)
        .containsExactly(
            "EQUAL null",
            "DEVIATION bind-again",
            "DEVIATION bound-again-listing",
            "DEVIATION bound-again-listing",
            "DEVIATION bound-again-removal");
  }

  @Test
  void aDeviceOfAnotherDriverAndABoundOneAreRefusedAsInTheKernel() throws IOException {
    bind("mdpy");
    bind("mtty");
    bind("mtty");

    assertThat(replay())
        .extracting(RebindingTest::ruleOf)
        .containsExactly("EQUAL null", "EQUAL null", "DEVIATION bind-again", "EQUAL null");
  }

  @Test
  void theRulesSayNothingOfAnAnswerThatTheKernelDoesNotGive() throws IOException {
    // The kernel never says EBUSY, so no rule explains why mdev4j does not.
    write("/sys/bus/mdev/drivers/mtty/bind", UUID, "{\"errno\":\"EBUSY\",\"at\":\"write\"}");

    assertThat(replay().getLast().outcome()).isEqualTo(Outcome.DIFFERENT);
  }

  @Test
  void aRemovalWithAnotherResultIsDifferentAlthoughTheRuleApplies() throws IOException {
    bind("mtty");
    add(
        """
        {"op":"write","args":{"path":"%s/remove","data":"1"},"result":{"ret":2},\
        "uevents":[{"uevent":"remove@%s","subsystem":"mdev","env":[]}]\
        """
            .formatted(DEVICE, DEVPATH));

    StepReport last = replay().getLast();

    assertThat(last.outcome()).isEqualTo(Outcome.DIFFERENT);
    assertThat(last.text()).contains("by rule bound-again-removal: result.ret: expected 2, got 1");
  }

  @Test
  void aDeviceThatIsNotBoundAgainFollowsNoRule() throws IOException {
    add(
        """
        {"op":"ls","args":{"path":"%s/"},"result":{"entries":[]}\
        """
            .formatted(DEVICE));

    assertThat(replay().getLast().outcome()).isEqualTo(Outcome.DIFFERENT);
  }
}
