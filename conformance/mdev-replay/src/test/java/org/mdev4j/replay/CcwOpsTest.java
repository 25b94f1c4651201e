package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.replay.CcwTranscript.DEVICE;
import static org.mdev4j.replay.CcwTranscript.NOP;
import static org.mdev4j.replay.CcwTranscript.NO_FUNCTION;
import static org.mdev4j.replay.CcwTranscript.ORB;
import static org.mdev4j.replay.CcwTranscript.START;
import static org.mdev4j.replay.CcwTranscript.SUSPENDING;
import static org.mdev4j.replay.CcwTranscript.UUID;
import static org.mdev4j.replay.CcwTranscript.events;
import static org.mdev4j.replay.CcwTranscript.region;
import static org.mdev4j.replay.CcwTranscript.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ops and rules of subchannels that the recordings of the project do not have. */
class CcwOpsTest {
  private static final String RESET =
      "{'call':'ioctl','fd':'DEV','request':'VFIO_DEVICE_RESET','arg':0}";
  private static final String LAZY_WRITE =
      "{'call':'pwrite','on':'DEV','offset':'0x0','count':124,'source':'lazy'}";
  private static final String FILLED =
      "'hidden_before':[{'call':'fill_page','data':'" + CcwTranscript.bytes(ORB, START) + "'}]";
  private static final String INFO =
      "'ret':0,'argsz':20,'flags':'0x11','num_regions':4,'num_irqs':3,'cap_offset':0";

  @TempDir Path folder;

  /** A device that is open, with eventfds and a NOP to start. */
  private static CcwTranscript opened() {
    return new CcwTranscript("0.0.0001").open().irqs().program(NOP);
  }

  private void check(CcwTranscript transcript, String name, String... rules) throws IOException {
    FileReport report = transcript.replay(folder, name);

    assertThat(report.details(false)).isEmpty();
    assertThat(report.steps())
        .filteredOn(step -> step.rule() != null)
        .extracting(StepReport::rule)
        .containsExactly(rules);
  }

  private List<String> differences(CcwTranscript transcript) throws IOException {
    return transcript.replay(folder, "D_planted").differences().stream()
        .map(step -> step.op() + ": " + step.text().lines().findFirst().orElse(""))
        .toList();
  }

  @Test
  void removalAndUnbindingWaitForTheUser() throws IOException {
    CcwTranscript transcript = opened();
    transcript
        .step(
            "write_file_background",
            "'path':'" + DEVICE + "/remove','data':'1','as':'remover','waited_ms':300",
            "'state':'blocked'",
            events("'req':1"))
        .step("lstat", "'path':'" + DEVICE + "'", "'errno':'ENOENT'")
        .step("list_dir", "'path':'" + transcript.type() + "/devices'", "'entries':[]")
        .step(
            "write_file",
            "'path':'" + transcript.type() + "/create','data':'" + UUID + "'",
            "'errno':'EEXIST'")
        .start(
            ORB,
            "'ret':124,'eventfd':'signalled'",
            events("'io':1"),
            trace("IDLE/IO_REQ", "CP_PENDING/INTERRUPT"))
        .step("await_background_write", "'target':'remover','waited_ms':100", "'state':'blocked'")
        .unwatched("close", "'fd':'DEV'", "'ret':0", trace("IDLE/CLOSE"))
        .unwatched(
            "await_background_write",
            "'target':'remover','waited_ms':2000",
            "'state':'done','ret':1")
        .step("ioctl", "'fd':'GRP','request':'VFIO_GROUP_GET_STATUS','argsz':8", "'errno':'ENODEV'")
        .step("close", "'fd':'GRP'", "'ret':0")
        .step("close", "'fd':'CONT'", "'ret':0")
        .create()
        .open()
        // The kernel still has the eventfd of the user before.
        .step(
            "write_file_background",
            "'path':'/sys/bus/css/drivers/vfio_ccw/unbind','data':'0.0.0001',"
                + "'as':'unbinder','waited_ms':300",
            "'state':'blocked'",
            events("'req':1"))
        .step("rmmod", "'module':'vfio_ccw','flags':'O_NONBLOCK'", "'errno':'EAGAIN'");

    check(transcript, "A2_made", "ccw-eventfds-dropped");
  }

  @Test
  void aTerminalTellsOfItsUser() throws IOException {
    String pair = trace("IDLE/INTERRUPT");
    CcwTranscript transcript =
        new CcwTranscript("0.0.0002")
            .open()
            .irqs()
            .program("0360000100102000" + "0322000100102000");
    transcript
        .step("qemu_monitor", monitor("@tn3270 connect"), "'sent':'yes'", events("'io':1"), pair)
        .step(
            "pread",
            "'offset':'0x18','count':16",
            "'ret':16,'data':'00800011013110f80400000000800000'")
        .step("qemu_monitor", monitor("@tn3270 aid"), "'sent':'yes'", events("'io':1"), pair)
        .start(SUSPENDING, "'ret':124,'eventfd':'timeout'", trace("IDLE/IO_REQ"))
        .step(
            "qemu_monitor",
            monitor("@tn3270 aid"),
            "'sent':'yes'",
            events("'io':1"),
            trace("CP_PENDING/INTERRUPT"))
        .step("pwrite", region(ORB, NO_FUNCTION), "'errno':'EBUSY'", trace("CP_PENDING/IO_REQ"))
        .step("qemu_monitor", monitor("@tn3270 close"), "'sent':'yes'")
        .step("close", "'fd':'DEV'", "'ret':0", trace("CP_PENDING/CLOSE"))
        .step("qemu_monitor", monitor("@tn3270 connect"), "'sent':'yes'");

    check(transcript, "H_made");
  }

  private static String monitor(String command) {
    return "'cmd':'" + command + "','settle_ms':500";
  }

  @Test
  void nobodyBreaksWithoutAMediatedDevice() throws IOException {
    String at = "@/devices/css0/0.0.0003";
    CcwTranscript transcript =
        new CcwTranscript("0.0.0003")
            .unwatched("write_file", "'path':'" + DEVICE + "/remove','data':'1'", "'ret':1")
            .step(
                "qemu_monitor",
                monitor("device_del d4") + ",'means':'unplug','devno':'0.0.1004'",
                "'sent':'yes'",
                "'uevents':["
                    + Stream.of(
                            "change"
                                + at
                                + " SUBSYSTEM=css MDEV_STATE=unregistered"
                                + " DRIVER=vfio_ccw ST=0 MODALIAS=css:t0",
                            "unbind" + at + " SUBSYSTEM=css ST=0",
                            "remove" + at + " SUBSYSTEM=css ST=0 MODALIAS=css:t0")
                        .map(event -> "'" + event + "'")
                        .collect(Collectors.joining(","))
                    + "]",
                trace("CLOSED/BROKEN"));
    check(transcript, "F_made", "ccw-nobody-breaks");
  }

  @Test
  void devicesArePulledAndPlugged() throws IOException {
    String ccw = "CU_TYPE=3832 CU_MODEL=04 DEV_TYPE=0000 DEV_MODEL=00";
    String at = "@/devices/css0/0.0.0003";
    CcwTranscript transcript = opened();
    transcript
        .unwatched("qemu_monitor", monitor("device_del d4"), "'sent':'yes'")
        .unwatched("note", "", "")
        .step(
            "lstat",
            "'path':'/sys/bus/css/devices/0.0.0003','hidden_before':"
                + "[{'call':'sleep','ms':300},{'call':'drain'}]",
            "'errno':'ENOENT'")
        .step(
            "qemu_monitor",
            monitor("device_add virtio-rng-ccw,id=d4,devno=fe.0.1004"),
            "'sent':'yes'",
            "'uevents':["
                + Stream.of(
                        "add" + at + " SUBSYSTEM=css ST=0 MODALIAS=css:t0",
                        "bind" + at + " SUBSYSTEM=css DRIVER=io_subchannel ST=0 MODALIAS=css:t0",
                        "add"
                            + at
                            + "/0.0.1004 SUBSYSTEM=ccw "
                            + ccw
                            + " MODALIAS=ccw:t3832m04dtdm",
                        "bind"
                            + at
                            + "/0.0.1004 SUBSYSTEM=ccw DRIVER=virtio_ccw "
                            + ccw
                            + " MODALIAS=ccw:t3832m04dtdm",
                        "add"
                            + at
                            + "/0.0.1004/virtio7 SUBSYSTEM=virtio"
                            + " MODALIAS=virtio:d00000004v00003832")
                    .map(event -> "'" + event + "'")
                    .toList()
                    .toString()
                    .substring(1))
        .step(
            "find_subchannel",
            "'devno':'0.0.1004','path':'/sys/bus/ccw/devices/0.0.1004'",
            "'subchannel':'0.0.0003'");

    check(transcript, "F_made");
  }

  @Test
  void aWriteWaitsForItsPageAndAResetForTheWrite() throws IOException {
    CcwTranscript transcript = opened();
    transcript
        .step("userfaultfd", "'as':'UFFD'", "'ret':9")
        .step("uffd_register", "'on':'UFFD','memory':'lazy','pages':16", "'ret':0")
        .step("fault_pending", "", "'pending':0")
        .thread("writer", LAZY_WRITE)
        .step("fault_pending", "", "'pending':1")
        .thread("reset", RESET, "IDLE/CLOSE")
        .command(2, "'errno':'EAGAIN'")
        .step("pwrite", "'offset':'0x0','count':0,'data':''", "'errno':'EAGAIN'")
        .step("VFIO_DEVICE_GET_INFO", "'argsz':20,'on':'DEV'", INFO)
        .step("thread_join", "'thread':'writer'," + FILLED, "'errno':'EIO'", trace("CLOSED/IO_REQ"))
        .join("reset", "'ret':0", trace("CLOSED/OPEN"))
        .start(
            ORB,
            "'ret':124,'eventfd':'signalled'",
            events("'io':1"),
            trace("IDLE/IO_REQ", "CP_PENDING/INTERRUPT"));

    check(transcript, "G_made", "ccw-no-request");
  }

  @Test
  void twoResetsComeOneAfterTheOther() throws IOException {
    CcwTranscript transcript = opened();
    transcript
        .step("userfaultfd", "'as':'UFFD'", "'fd':'ok'")
        .thread("writer", LAZY_WRITE)
        .thread("one", RESET, "IDLE/CLOSE")
        .step(
            "thread_start",
            "'as':'other','does':" + RESET + ",'waited_ms':150",
            "'state':'blocked'",
            events("'req':1"),
            trace("CLOSED/CLOSE"))
        .step("thread_join", "'thread':'writer'," + FILLED, "'errno':'EIO'", trace("BROKEN/IO_REQ"))
        .join("one", "'errno':'EINVAL'", trace("BROKEN/OPEN"))
        .join("other", "'errno':'EINVAL'", trace("BROKEN/OPEN"))
        .step("pwrite", region(ORB, NO_FUNCTION), "'errno':'EIO'", trace("BROKEN/IO_REQ"))
        .command(2, "'errno':'EIO'", trace("BROKEN/ASYNC_REQ"))
        .step("lstat", "'path':'" + DEVICE + "'", "'errno':'ENOENT'")
        .step(
            "close",
            "'fd':'DEV'",
            "'ret':0",
            trace("BROKEN/CLOSE"),
            "'uevents':['remove@/devices/css0/0.0.0001 SUBSYSTEM=css ST=0 MODALIAS=css:t0']");

    check(
        transcript,
        "G_made",
        "ccw-reset-among-threads",
        "ccw-reset-among-threads",
        "ccw-reset-among-threads",
        "ccw-reset-among-threads",
        "ccw-reset-keeps-device",
        "ccw-reset-keeps-device",
        "ccw-reset-keeps-tree",
        "ccw-reset-keeps-device");
  }

  @Test
  void whileAPageArrivesOthersWait() throws IOException {
    CcwTranscript transcript = opened().slowProgram();
    transcript
        .step("pwrite", region(ORB, START), "'errno':'EAGAIN'")
        .thread("reader", "{'call':'pread','on':'DEV','offset':'0x0','count':124}")
        .thread(
            "unmapper",
            "{'call':'VFIO_IOMMU_UNMAP_DMA','on':'CONT','iova':'0x4000000','size':'0x10000',"
                + "'flags':0}")
        .step("VFIO_DEVICE_GET_INFO", "'argsz':20,'on':'DEV'", INFO)
        .join("writer", "'ret':124", events("'io':1"), trace("CP_PENDING/INTERRUPT"))
        .join("reader", "'ret':124")
        .join("unmapper", "'ret':0,'size':'0x10000'");

    check(transcript, "G_made");
  }

  @Test
  void aDeviceThatIsPulledMeanwhileStaysBroken() throws IOException {
    CcwTranscript transcript = opened().slowProgram();
    transcript
        .step(
            "qemu_monitor",
            monitor("device_del d2"),
            "'sent':'yes'",
            events("'req':1"),
            trace("CP_PROCESSING/BROKEN"))
        .join("writer", "'errno':'ENODEV'")
        .program(NOP)
        .start(ORB, "'errno':'ENODEV'", trace("IDLE/IO_REQ"))
        .command(2, "'errno':'ENODEV'", trace("IDLE/ASYNC_REQ"))
        .step("pread", "'offset':'0x400','count':8", "'ret':8,'data':'00000002ffffffed'")
        .step(
            "ioctl",
            "'fd':'DEV','request':'VFIO_DEVICE_RESET','arg':0",
            "'errno':'EINVAL'",
            trace("IDLE/CLOSE", "IDLE/BROKEN", "BROKEN/OPEN"))
        .unwatched("close", "'fd':'DEV'", "'ret':0", trace("BROKEN/CLOSE"));

    check(
        transcript,
        "G_made",
        "ccw-broken-for-good",
        "ccw-broken-for-good",
        "ccw-return-code",
        "ccw-broken-for-good");
  }

  @Test
  void aCloseMeanwhileWaitsForTheWrite() throws IOException {
    CcwTranscript transcript = opened().slowProgram();
    transcript
        .step("close", "'fd':'DEV'", "'ret':0")
        .join("writer", "'ret':124", trace("CP_PENDING/INTERRUPT", "CP_PENDING/CLOSE"))
        .openDevice();

    // Its status may have come before, and then is told: one step of two outcomes.
    FileReport report = transcript.replay(folder, "G_made");

    assertThat(report.details(false)).isEmpty();
    assertThat(report.steps())
        .extracting(StepReport::rule)
        .containsAnyOf("ccw-status-before-close", null);
  }

  @Test
  void whatIsWrongIsSeen() throws IOException {
    CcwTranscript transcript = opened();
    transcript
        .start(
            ORB,
            "'ret':124,'eventfd':'signalled'",
            events("'io':2"),
            trace("IDLE/IO_REQ", "CP_PENDING/INTERRUPT"))
        .start(
            ORB,
            "'ret':124,'eventfd':'timeout'",
            events("'io':1"),
            trace("IDLE/IO_REQ", "CP_PENDING/INTERRUPT"))
        .start(
            ORB,
            "'ret':124,'eventfd':'signalled'",
            events("'io':1"),
            trace("CP_PENDING/INTERRUPT", "IDLE/IO_REQ"))
        .step("pread", "'offset':'0x1c','count':4", "'ret':4,'data':'00101010'")
        .step("pread", "'offset':'0x1c','count':4", "'ret':4,'data':'01234567'")
        .step("mem_read", "'iova':'0x101000','count':1", "'data':'04'");

    assertThat(differences(transcript))
        .containsExactly(
            "io_start: events.io: expected 2, got 1",
            "io_start: result.eventfd: expected \"timeout\", got \"signalled\"",
            "io_start: trace: expected [CP_PENDING/INTERRUPT, IDLE/IO_REQ],"
                + " got [IDLE/IO_REQ, CP_PENDING/INTERRUPT]",
            "pread: result.data: expected \"00101010\", got \"00101008\"",
            // A host address; but here it is one of the user's.
            "pread: result.data: expected \"01234567\", got \"00101008\"",
            "mem_read: result.data: expected \"04\", got \"03\"");
  }

  @Test
  void aTraceAmongThreadsMayBeInAnyOrderButNotAnother() throws IOException {
    CcwTranscript right = opened().slowProgram();
    right.join("writer", "'ret':124", events("'io':1"), trace("CP_PENDING/INTERRUPT"));
    check(right, "G_made");

    CcwTranscript wrong = opened().slowProgram();
    wrong.join("writer", "'ret':124", events("'io':1"), trace("IDLE/INTERRUPT"));

    assertThat(differences(wrong))
        .singleElement()
        .asString()
        .startsWith("thread_join: trace of all steps since the first thread's start: expected");
  }

  @Test
  void burstsMayEndEitherWay() throws IOException {
    String call = "{'call':'pwrite'," + region(ORB, START) + ",'gives':'%s'}";
    CcwTranscript transcript = opened();
    transcript
        .step(
            "burst",
            "'calls':[" + call.formatted("first") + "," + call.formatted("second") + "]",
            "'first':124,'second':'EBUSY'",
            events("'io':1"),
            trace("IDLE/IO_REQ", "CP_PENDING/IO_REQ", "CP_PENDING/INTERRUPT"))
        .step(
            "pread",
            "'offset':'0x0','count':124",
            "'ret':124,'data':'%s%s00804007001010080c0000000080000000000000%s'"
                .formatted(ORB, START, "0".repeat(160)));

    check(transcript, "D_made");
  }
}
