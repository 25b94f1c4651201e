package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings with a wrong answer in them: the replayer must see it. */
class PlantedTest {
  private static final String UUID = "11111111-2222-3333-4444-555555555501";
  private static final String CREATE =
      "\"path\":\"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create\"";

  private static final String RIGHT_EVENTS =
      """
      [{"uevent":"add@/devices/virtual/mtty/mtty/%1$s","subsystem":"mdev","env":[]},\
      {"uevent":"add@/devices/virtual/vfio/7","subsystem":"vfio",\
      "env":["MAJOR=99","MINOR=7","DEVNAME=vfio/7"]},\
      {"uevent":"add@/devices/virtual/mtty/mtty/%1$s/vfio-dev/vfio0","subsystem":"vfio-dev","env":[]},\
      {"uevent":"bind@/devices/virtual/mtty/mtty/%1$s","subsystem":"mdev","env":["DRIVER=mtty"]}]\
      """
          .formatted(UUID);

  @TempDir Path folder;

  private FileReport replay(String... lines) throws IOException {
    return new Replayer().replay(Conformance.transcript(folder, "planted-A-test", lines));
  }

  private static String create(String result, String uevents) {
    return """
    {"step":1,"op":"write","args":{%s,"data":"%s"},"result":%s,"uevents":%s}\
    """
        .formatted(CREATE, UUID, result, uevents);
  }

  @Test
  void freeNumbersMayDiffer() throws IOException {
    FileReport report = replay(create("{\"ret\":36}", RIGHT_EVENTS));

    assertThat(report.details(false)).isEmpty();
    assertThat(report.passed()).isTrue();
  }

  @Test
  void aWrongResultIsDifferent() throws IOException {
    FileReport report = replay(create("{\"ret\":37}", RIGHT_EVENTS));

    assertThat(report.summary())
        .hasToString("planted-A-test equal=0 deviation=0 emulator=0 skipped=0 different=1");
    assertThat(report.passed()).isFalse();
    assertThat(report.details(false))
        .singleElement()
        .asString()
        .contains("planted-A-test.jsonl:1: step 1 write different")
        .contains("result.ret: expected 37, got 36");
  }

  @Test
  void aMissingAWrongAndASurplusEventAreDifferent() throws IOException {
    String missing = RIGHT_EVENTS.replaceFirst(",\\{\"uevent\":\"bind@.*}", "");
    String wrong = RIGHT_EVENTS.replace("DRIVER=mtty", "DRIVER=mdpy");
    String swapped = RIGHT_EVENTS.replace("add@/devices/virtual/vfio/7", "add@/devices/x");

    for (String events : List.of(missing, wrong, swapped, "[]")) {
      assertThat(replay(create("{\"ret\":36}", events)).summary().different())
          .as(events)
          .isEqualTo(1);
    }
  }

  @Test
  void oneNumberStandsForOneToTheEnd() throws IOException {
    String list =
        """
        {"step":2,"op":"ls","args":{"path":"/sys/class/vfio"},"result":{"entries":\
        [{"p":"%1$d","t":"l","link":"../../devices/virtual/vfio/%1$d"}]}}\
        """;

    assertThat(replay(create("{\"ret\":36}", RIGHT_EVENTS), list.formatted(7)).passed()).isTrue();
    assertThat(replay(create("{\"ret\":36}", RIGHT_EVENTS), list.formatted(0)).passed()).isFalse();
  }

  @Test
  void anUnknownOpIsDifferent() throws IOException {
    FileReport report = replay("{\"step\":1,\"op\":\"frobnicate\",\"args\":{},\"result\":{}}");

    assertThat(report.summary().different()).isEqualTo(1);
    assertThat(report.details(false).getFirst())
        .contains("planted-A-test.jsonl:1:")
        .contains("unknown op 'frobnicate'");
  }

  @Test
  void notesAndSerialRegistersDoNotCount() throws IOException {
    FileReport report =
        replay(
            "{\"step\":1,\"op\":\"note\",\"args\":{\"text\":\"A1\"},\"result\":{}}",
            "{\"step\":2,\"op\":\"pread\",\"section\":\"uart\",\"args\":{},\"result\":{\"ret\":9}}");

    assertThat(report.summary().counted()).isZero();
  }

  @Test
  void hiddenCallsAreMadeAndTheirResultsIgnored() throws IOException {
    String hidden =
        """
        {"step":1,"op":"exists","args":{"path":"/sys/bus/mdev/devices/%2$s",\
        "hidden_before":[{"call":"write",%1$s,"data":"%2$s"},{"call":"write",%1$s,"data":"%2$s"},\
        {"call":"drain"}],"hidden_after":[{"call":"cleanup"}]},"result":{"exists":true}}\
        """
            .formatted(CREATE, UUID);
    String after =
        """
        {"step":2,"op":"devices","args":{"path":"/sys/bus/mdev/devices"},"result":{"names":[]}}\
        """;

    FileReport report = replay(hidden, after);

    assertThat(report.details(false)).isEmpty();
    assertThat(report.summary().equal()).isEqualTo(2);
  }

  @Test
  void aDeviceThatTheRaceLeftBehindIsSeen() throws IOException {
    // Full again, says the recording; here one device is still there.
    String create = create("{\"ret\":36}", RIGHT_EVENTS);
    String clean =
        """
        {"step":2,"op":"after_storm_cleanup","args":{},\
        "result":{"devices_left_without_remove_attribute":16}}\
        """;
    String values =
        """
        {"step":3,"op":"available_instances","args":{"paths":\
        ["/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/available_instances"]},\
        "result":{"mtty-1":%d}}\
        """;

    assertThat(replay(create, clean, values.formatted(24)).summary().different()).isEqualTo(1);
    assertThat(replay(create, clean, values.formatted(8)).summary().different()).isZero();
  }

  @Test
  void whatIsNotJsonIsRefusedWithFileAndLine() throws IOException {
    Path file =
        Conformance.transcript(
            folder, "bad-A-test", "{\"step\":1,\"op\":\"note\",\"result\":{}}", "{\"step\":");

    assertThatExceptionOfType(ReplayException.class)
        .isThrownBy(() -> new Replayer().replay(file))
        .withMessageStartingWith(file + ":2: not JSON");
  }

  @Test
  void whatIsNoStepIsRefusedWithFileAndLine() throws IOException {
    Path file = Conformance.transcript(folder, "bad-A-test", "{\"op\":\"note\"}");

    assertThatExceptionOfType(ReplayException.class)
        .isThrownBy(() -> new Replayer().replay(file))
        .withMessageStartingWith(file + ":1: no step");
  }

  @Test
  void aMissingOrEmptyFileIsRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty-A-test.jsonl"));

    assertThatExceptionOfType(ReplayException.class)
        .isThrownBy(() -> new Replayer().replay(empty))
        .withMessageContaining("holds no step");
    assertThatExceptionOfType(ReplayException.class)
        .isThrownBy(() -> new Replayer().replay(folder.resolve("none.jsonl")))
        .withMessageContaining("no such file");
  }
}
