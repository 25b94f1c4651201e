package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules for devices: what they accept, and that they accept no wrong answer. */
class DeviceRulesTest {
  private static final String UUID = "11111111-2222-3333-4444-555555555501";

  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();

  /** Adds a step on the device; the first one creates and opens a device of {@code type}. */
  private void step(String type, String op, String args, String result) {
    String hidden =
        lines.isEmpty()
            ? """
            ,"hidden_before":[{"call":"write","path":\
            "/sys/class/mdev_bus/%s/mdev_supported_types/%s/create","data":"%s"},\
            {"call":"drain"},{"call":"vopen","uuid":"%s","as":"v"},\
            {"call":"eventfd","as":"intx"},{"call":"eventfd","as":"msi"},\
            {"call":"eventfd","as":"spare"}]\
            """
                .formatted(type.substring(0, type.indexOf('-')), type, UUID, UUID)
            : "";
    lines.add(
        "{\"step\":%d,\"op\":\"%s\",\"args\":{\"on\":\"v.d\"%s%s%s},\"result\":%s}"
            .formatted(
                lines.size() + 1,
                op,
                args.isEmpty() ? "" : ",",
                args.replace('\'', '"'),
                hidden,
                result.replace('\'', '"')));
  }

  private String last() throws IOException {
    Path file = Conformance.transcript(folder, "rules-B-test", lines.toArray(String[]::new));
    StepReport report = new Replayer().replay(file).steps().getLast();
    return report.outcome() + " " + report.rule();
  }

  /** Steps with the sample's faults, written by hand from the specification. */
  @Test
  void theThirdSampleIsReplayedWithItsFaults() throws URISyntaxException {
    URL file = Objects.requireNonNull(DeviceRulesTest.class.getResource("/mbochs-B-spec.jsonl"));

    FileReport report = new Replayer().replay(Path.of(file.toURI()));

    Map<String, Integer> counts = new TreeMap<>();
    for (StepReport step : report.steps()) {
      if (step.rule() != null) {
        counts.merge(step.rule(), 1, Integer::sum);
      }
    }
    assertThat(report.summary().different()).as(report.details(false).toString()).isZero();
    assertThat(counts)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bar-address", 1,
                "config-size", 1,
                "edid-end", 1,
                "irq-info-flags", 1,
                "map-merged", 1,
                "memory-position", 3,
                "plane-at-once", 3,
                "region-info-size", 3,
                "reopened-as-new", 6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // the kernel's answer and a rule's; then one that neither is
        "255 | DEVIATION config-size",
        "256 | EQUAL null",
        "254 | DIFFERENT null"
      })
  void configurationSpaceHas256Bytes(int size, String outcome) throws IOException {
    step(
        "mdpy-vga",
        "DEVICE_GET_REGION_INFO",
        "'index':7,'argsz':32",
        "{'ret':0,'argsz':32,'flags':3,'cap_offset':0,'size':%d,'offset':0}".formatted(size));

    assertThat(last()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "080000e0 | EQUAL null",
        "381200e0 | DEVIATION bar-address",
        // The whole of a register is the rule's, whatever was recorded; what is no register is not.
        "08000000 | DEVIATION bar-address"
      })
  void anAddressIsAMultipleOfTheSize(String recorded, String outcome) throws IOException {
    step("mdpy-vga", "pwrite", "'fpos':16,'size':4,'bytes':'341200e0'", "{'ret':4}");
    step("mdpy-vga", "pread", "'fpos':16,'size':4", "{'ret':4,'bytes':'" + recorded + "'}");

    assertThat(last()).isEqualTo(outcome);
  }

  @Test
  void whatIsNoBaseAddressFollowsNoRule() throws IOException {
    step("mdpy-vga", "pread", "'fpos':0,'size':4", "{'ret':4,'bytes':'361b0f01'}");

    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5 | 5 | DEVIATION irq-info-flags",
        "5 | 4 | DIFFERENT null",
        "0 | 7 | DIFFERENT null",
        "5 | 0 | EQUAL null"
      })
  void onlyEchoedFlagsAreExplained(int given, int recorded, String outcome) throws IOException {
    step(
        "mbochs-small",
        "DEVICE_GET_IRQ_INFO",
        "'index':0,'argsz':16,'flags_in':" + given,
        "{'ret':0,'argsz':16,'flags':%d,'count':0}".formatted(recorded));

    assertThat(last()).isEqualTo(outcome);
  }

  @Test
  void afterGetInfoNothingExcusesAnIrqInfoThatFails() throws IOException {
    String info = "'index':0,'argsz':16,'flags_in':0";
    step("mtty-1", "DEVICE_GET_IRQ_INFO", info, "{'errno':'EINVAL'}");
    assertThat(last()).isEqualTo("DEVIATION irq-info-before-info");

    step(
        "mtty-1",
        "DEVICE_GET_INFO",
        "'argsz':20",
        "{'ret':0,'argsz':20,'flags':2,'num_regions':9,'num_irqs':5}");
    assertThat(last()).isEqualTo("DEVIATION mtty-reset-flag");

    step("mtty-1", "DEVICE_GET_IRQ_INFO", info, "{'errno':'EINVAL'}");
    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @Test
  void theRulesOfLaterKernelsAreOnlyForMtty() throws IOException {
    step(
        "mdpy-vga",
        "DEVICE_SET_IRQS",
        "'argsz':20,'flags':33,'index':2,'start':0,'count':1,'data_len':0,'data':''",
        "{'errno':'ENOTTY','irq':{'intx':0,'msi':0,'spare':0}}");

    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @Test
  void intxMasksItselfAndExcludesMsi() throws IOException {
    String none = "{'ret':0,'irq':{'intx':0,'msi':0,'spare':0}}";
    String one = "{'ret':0,'irq':{'intx':1,'msi':0,'spare':0}}";
    String send = "'argsz':21,'flags':34,'index':0,'start':0,'count':1,'data_len':1,'data':'01'";
    String bind = "'argsz':24,'flags':36,'index':%d,'start':0,'count':1,'eventfd':'%s'";
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(0, "intx"), none);
    assertThat(last()).isEqualTo("EQUAL null");
    step("mtty-1", "DEVICE_SET_IRQS", send, one);
    assertThat(last()).isEqualTo("EQUAL null");
    // Masked now: a second one is not sent.
    step("mtty-1", "DEVICE_SET_IRQS", send, one);
    assertThat(last()).isEqualTo("DEVIATION mtty-set-irqs");
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(1, "msi"), none);
    assertThat(last()).isEqualTo("DEVIATION mtty-set-irqs");
    // -1 drops INTX, so that MSI can be bound.
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(0, "-1"), none);
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(1, "-1"), none);
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(1, "msi"), none);
    assertThat(last()).isEqualTo("EQUAL null");
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(1, "-1"), none);
    step("mtty-1", "DEVICE_SET_IRQS", bind.formatted(0, "spare"), none);
    assertThat(last()).isEqualTo("EQUAL null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "8192 | 4096 | true | DEVIATION map-any-page",
        "8192 | 4096 | false | EQUAL null",
        "8192 | 2097152 | true | EQUAL null",
        "0 | 4096 | true | EQUAL null",
        "4096 | 4096 | true | DEVIATION map-any-page"
      })
  void mdpyIsMappedFromAnyPage(long offset, long length, boolean shared, String outcome)
      throws IOException {
    step(
        "mdpy-vga",
        "mmap",
        "'off':%d,'len':%d,'prot':3,'shared':%s".formatted(offset, length, shared),
        "{'errno':'EINVAL'}");

    assertThat(last()).isEqualTo(outcome);
  }

  @Test
  void mbochsIsMappedFromItsStartOnly() throws IOException {
    step("mbochs-small", "mmap", "'off':16384,'len':4096,'prot':3,'shared':true", "{'ret':'ok'}");
    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @Test
  void nothingIsMergedWithMemoryThatIsNotMapped() throws IOException {
    step("mbochs-small", "mmap", "'off':8192,'len':4096,'prot':3,'shared':true", "{'ret':'ok'}");

    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @Test
  void aModeThatWasNotSetExplainsNoPlane() throws IOException {
    step(
        "mbochs-small",
        "QUERY_GFX_PLANE",
        "'argsz':64,'flags':3,'drm_plane_type':1",
        "{'errno':'ENOMEM'}");

    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  @ParameterizedTest
  @CsvSource({
    "8, 327681, ENOTTY, DEVIATION mtty-migration",
    "8, 327681, EFAULT, DIFFERENT null",
    "8, 65539, ENOTTY, EQUAL null",
    "8, 131073, ENOTTY, DEVIATION mtty-migration",
    "8, 65537, ENOTTY, DEVIATION mtty-migration",
    "4, 327681, EINVAL, EQUAL null"
  })
  void featuresOfLaterKernels(int argsz, int flags, String errno, String outcome)
      throws IOException {
    step(
        "mtty-2",
        "DEVICE_FEATURE",
        "'raw_argsz':%d,'raw_flags':%d".formatted(argsz, flags),
        "{'errno':'" + errno + "'}");

    assertThat(last()).isEqualTo(outcome);
  }

  @Test
  void hiddenCallsOfStepsOnTheSerialPortAreMade() throws IOException {
    lines.add(
        """
        {"step":1,"op":"uart_read","section":"uart","args":{"fpos":5,"on":"v.d","hidden_before":\
        [{"call":"write","path":"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create",\
        "data":"%s"},{"call":"drain"}]},"result":{"value":"60"}}\
        """
            .formatted(UUID));
    lines.add(
        """
        {"step":2,"op":"exists","args":{"path":"/sys/bus/mdev/devices/%s"},\
        "result":{"exists":true}}\
        """
            .formatted(UUID));

    assertThat(last()).isEqualTo("EQUAL null");
  }

  @Test
  void onlyTheLastPageExplainsMoreBytesUnmapped() throws IOException {
    lines.add(
        """
        {"step":1,"op":"open_container","args":{"path":"/dev/vfio/vfio","flags":"O_RDWR","as":"c",\
        "hidden_before":[{"call":"write",\
        "path":"/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create","data":"%1$s"},\
        {"call":"drain"},{"call":"open_group","uuid":"%1$s","as":"g"},\
        {"call":"memory","size":65536,"as":"m"}]},"result":{"ret":"fd"}}\
        """
            .formatted(UUID));
    lines.add(
        "{\"step\":2,\"op\":\"SET_CONTAINER\",\"args\":{\"on\":\"g\",\"target\":\"c\"},"
            + "\"result\":{\"ret\":0}}");
    lines.add(
        "{\"step\":3,\"op\":\"SET_IOMMU\",\"args\":{\"on\":\"c\",\"type\":3},"
            + "\"result\":{\"ret\":0}}");
    map("fffffffffffff000");
    map("1000");
    unmap("1000", 4096, 0);
    assertThat(last()).isEqualTo("DIFFERENT null");
    unmap("fffffffffffff000", 4096, 0);
    assertThat(last()).isEqualTo("DEVIATION unmap-last-page");
    unmap("fffffffffffff000", 4096, 4096);
    assertThat(last()).isEqualTo("DIFFERENT null");
  }

  private void map(String iova) {
    lines.add(
        """
        {"step":%d,"op":"MAP_DMA","args":{"on":"c","argsz":32,"flags":3,"vaddr_off":0,\
        "iova":"%s","size":4096,"memory":"m"},"result":{"ret":0}}\
        """
            .formatted(lines.size() + 1, iova));
  }

  private void unmap(String iova, int size, int recorded) {
    lines.add(
        """
        {"step":%d,"op":"UNMAP_DMA","args":{"on":"c","argsz":24,"flags":0,"iova":"%s",\
        "size":%d},"result":{"ret":0,"size":%d}}\
        """
            .formatted(lines.size() + 1, iova, size, recorded));
  }
}
