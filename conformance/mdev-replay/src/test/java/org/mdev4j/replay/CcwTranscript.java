package org.mdev4j.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A small s390x transcript of a test's own, which begins with a device that is made and opened. */
final class CcwTranscript {
  static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
  static final String DEVICE = "/sys/bus/mdev/devices/" + UUID;

  /** An ORB for a program at 1 MiB + 0x1000: format 1, prefetch, format-2 IDAWs, all paths. */
  static final String ORB = "0011223300c2ff0000101000";

  /** The same for a program that may suspend. */
  static final String SUSPENDING = "0011223308c2ff0000101000";

  static final String START = "000040000000000000000000";
  static final String NO_FUNCTION = "000000000000000000000000";
  static final String NOP = "0320000100102000";

  private static final List<String> STATES =
      List.of("BROKEN", "CLOSED", "IDLE", "CP_PROCESSING", "CP_PENDING");
  private static final List<String> EVENTS =
      List.of("BROKEN", "IO_REQ", "INTERRUPT", "ASYNC_REQ", "OPEN", "CLOSE");

  private final String subchannel;
  private final List<String> lines = new ArrayList<>();

  CcwTranscript(String subchannel) {
    this.subchannel = subchannel;
    for (String module : List.of("vfio", "mdev", "vfio_iommu_type1", "vfio_ccw")) {
      unwatched("insmod", "'module':'" + module + "'", "'ret':0");
    }
    unwatched(
        "setup_bind_vfio_ccw",
        """
        'subchannel':'%1$s','calls':[\
        {'call':'write','path':'/sys/bus/css/devices/%1$s/driver_override','data':'vfio_ccw'},\
        {'call':'write','path':'/sys/bus/css/devices/%1$s/driver/unbind','data':'%1$s'},\
        {'call':'write','path':'/sys/bus/css/drivers/vfio_ccw/bind','data':'%1$s','gives':'ret'}]\
        """
            .formatted(subchannel),
        "'ret':8");
    create();
  }

  CcwTranscript create() {
    return unwatched(
        "write_file", "'path':'%s/create','data':'%s'".formatted(type(), UUID), "'ret':36");
  }

  String type() {
    return "/sys/bus/css/devices/" + subchannel + "/mdev_supported_types/vfio_ccw-io";
  }

  /** Opens container, group and device, and maps the guest's memory. */
  CcwTranscript open() {
    step("open", "'path':'/dev/vfio/vfio','flags':'O_RDWR','as':'CONT'", "'fd':'ok'");
    step("open", "'path':'/dev/vfio/0','flags':'O_RDWR','as':'GRP'", "'fd':'ok'");
    step("ioctl", "'fd':'GRP','request':'VFIO_GROUP_SET_CONTAINER','arg':'CONT'", "'ret':0");
    step("ioctl", "'fd':'CONT','request':'VFIO_SET_IOMMU','arg':3", "'ret':0");
    openDevice();
    return step(
        "VFIO_IOMMU_MAP_DMA",
        """
        'iova':'0x100000','size':'0x100000','on':'CONT','raw_flags':3,'memory':'MEM',\
        'memory_offset':0,'hidden_before':[{'call':'memory','size':1048576,\
        'kind':'private anonymous, zero, resident','as':'MEM'}]\
        """,
        "'ret':0");
  }

  CcwTranscript openDevice() {
    return step(
        "VFIO_GROUP_GET_DEVICE_FD",
        "'name':'%s','on':'GRP','as':'DEV'".formatted(UUID),
        "'fd':'ok'",
        trace("CLOSED/OPEN"));
  }

  /** Sets up all eventfds. */
  CcwTranscript irqs() {
    for (String name : List.of("io", "crw", "req")) {
      step(
          "VFIO_DEVICE_SET_IRQS",
          """
          'index':'%1$s','start':0,'count':1,'on':'DEV','fd':'%1$s',\
          'hidden_before':[{'call':'eventfd','as':'%1$s'}]\
          """
              .formatted(name),
          "'ret':0");
    }
    return this;
  }

  /** Puts a program where {@link #ORB} says. */
  CcwTranscript program(String ccws) {
    return step("mem_write", "'iova':'0x101000','data':'" + ccws + "'", "'ok':'yes'");
  }

  /** A START of all 124 bytes, and the wait for its end. */
  CcwTranscript start(String orb, String result, String... seen) {
    return step("io_start", region(orb, START) + ",'wait_ms':1000", result, seen);
  }

  /** The arguments of a write of the whole I/O region. */
  static String region(String orb, String scsw) {
    return "'offset':'0x0','count':124,'data':'%s'".formatted(bytes(orb, scsw));
  }

  static String bytes(String orb, String scsw) {
    return orb + scsw + "0".repeat(200);
  }

  CcwTranscript command(int code, String result, String... seen) {
    return step(
        "pwrite", "'offset':'0x400','count':8,'data':'%08x00000000'".formatted(code), result, seen);
  }

  /** Memory behind a slow disk at 64 MiB, and a program that reads into it. */
  CcwTranscript slowProgram() {
    step("insmod", "'module':'virtio_blk'", "'ret':0");
    step("open", "'path':'/dev/vda','flags':'O_RDONLY','as':'DISK'", "'fd':'ok'");
    step(
        "VFIO_IOMMU_MAP_DMA",
        """
        'iova':'0x4000000','size':'0x10000','on':'CONT','raw_flags':3,'memory':'SLOW',\
        'memory_offset':0,'hidden_before':[{'call':'memory','size':65536,\
        'kind':'a file on the slow disk','as':'SLOW'}]\
        """,
        "'ret':0");
    program("e420000704000000");
    return thread(
        "writer", "{'call':'pwrite','on':'DEV'," + region(ORB, START) + "}", "IDLE/IO_REQ");
  }

  /** A thread that is still blocked after a while. */
  CcwTranscript thread(String name, String does, String... pairs) {
    return step(
        "thread_start",
        "'as':'%s','does':%s,'waited_ms':150".formatted(name, does),
        "'state':'blocked'",
        trace(pairs));
  }

  CcwTranscript join(String name, String result, String... seen) {
    return step("thread_join", "'thread':'" + name + "'", result, seen);
  }

  /** A step; quotes are single. */
  CcwTranscript step(String op, String args, String result, String... seen) {
    String rest = Stream.of(seen).map(each -> "," + each).collect(Collectors.joining());
    lines.add(
        "{'step':%d,'op':'%s','args':{%s},'result':{%s}%s}"
            .formatted(lines.size() + 1, op, args, result, rest)
            .replace('\'', '"'));
    return this;
  }

  /** A step whose uevents are not looked at. */
  CcwTranscript unwatched(String op, String args, String result, String... seen) {
    List<String> all = new ArrayList<>(List.of(seen));
    all.add("'uevent_count':1");
    return step(op, args, result, all.toArray(String[]::new));
  }

  /** Counts of eventfds, such as {@code 'io':1}. */
  static String events(String counts) {
    return "'events':{" + counts + "}";
  }

  /** A trace of state/event pairs. */
  static String trace(String... pairs) {
    return Stream.of(pairs)
        .map(
            pair ->
                "'task: vfio_ccw_fsm_event: schid=0.0.0001 state=%d event=%d'"
                    .formatted(
                        STATES.indexOf(pair.substring(0, pair.indexOf('/'))),
                        EVENTS.indexOf(pair.substring(pair.indexOf('/') + 1))))
        .collect(Collectors.joining(",", "'trace':[", "]"));
  }

  /**
   * Replays it.
   *
   * @param name of the file, which tells the kind
   */
  FileReport replay(Path folder, String name) throws IOException {
    return new Replayer()
        .replay(Conformance.transcript(folder, name, lines.toArray(String[]::new)));
  }
}
