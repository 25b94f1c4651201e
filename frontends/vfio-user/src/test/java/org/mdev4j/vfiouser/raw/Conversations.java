package org.mdev4j.vfiouser.raw;

import static org.mdev4j.vfiouser.raw.RawClient.dmaMap;
import static org.mdev4j.vfiouser.raw.RawClient.irqSet;
import static org.mdev4j.vfiouser.raw.RawClient.writePayload;

import java.util.ArrayList;
import java.util.List;

/** What clients send, in order: for tests that play it, and for the fuzz test that spoils it. */
public final class Conversations {
  /** A descriptor that goes along. */
  public enum File {
    MEMORY,
    EVENTFD
  }

  /**
   * A message.
   *
   * @param flags of the header
   */
  public record Sent(int command, int flags, byte[] payload, List<File> files) {
    static Sent of(int command, byte[] payload, File... files) {
      return new Sent(command, 0, payload, List.of(files));
    }

    static Sent posted(int command, byte[] payload) {
      return new Sent(command, 0x10, payload, List.of());
    }
  }

  public static final String QEMU_CAPABILITIES =
      "{\"capabilities\": {\"pgsizes\": 4096, \"max_msg_fds\": 16, \"max_dma_maps\": 65535,"
          + " \"max_data_xfer_size\": 1048576, \"migration\": {\"max_bitmap_size\": 268435456,"
          + " \"pgsize\": 4096}, \"write_multiple\": true}}\0";

  private static final int MAP = 2;
  private static final int UNMAP = 3;
  private static final int REGION_INFO = 5;
  private static final int SET_IRQS = 8;
  private static final int READ = 9;
  private static final int WRITE = 10;
  private static final int CONFIG = 7;

  private Conversations() {}

  /** Version, as QEMU 11 says it. */
  public static byte[] qemuVersion() {
    return Bytes.of().u16(0).u16(0).text(QEMU_CAPABILITIES).array();
  }

  /** QEMU 11 from its start to a guest that works, and one that reboots; spec/tools.md 4. */
  public static List<Sent> qemu() {
    List<Sent> sent = new ArrayList<>();
    sent.add(Sent.of(MAP, dmaMap(3, 0, 0, 0x80000), File.MEMORY));
    sent.add(Sent.of(MAP, dmaMap(1, 0, 0xfffc0000L, 0x40000)));
    sent.add(Sent.of(4, Bytes.ints(16, 0, 0, 0).array()));
    for (int region : new int[] {0, 1, 2, 3, 4, 5, CONFIG}) {
      sent.add(Sent.of(REGION_INFO, regionInfo(32, region)));
    }
    sent.add(Sent.of(REGION_INFO, regionInfo(80, 2)));
    sent.add(Sent.of(REGION_INFO, regionInfo(64, 4)));
    sent.add(Sent.of(7, Bytes.ints(16, 0, 3, 0).array()));
    sent.add(Sent.of(7, Bytes.ints(16, 0, 2, 0).array()));
    sent.add(read(CONFIG, 0, 256));
    sent.add(read(CONFIG, 0x30, 4));
    sent.add(
        Sent.of(WRITE, writePayload(CONFIG, 0x30, (byte) 0xfe, (byte) -1, (byte) -1, (byte) -1)));
    for (int bar = 0x10; bar <= 0x24; bar += 4) {
      sent.add(read(CONFIG, bar, 4));
    }
    sent.add(read(CONFIG, 0x3d, 1));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 0, 0, 1), File.EVENTFD));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 3, 0, 1), File.EVENTFD));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 4, 0, 1), File.EVENTFD));
    machineReset(sent);
    for (int i = 0; i < 4; i++) {
      sent.add(Sent.of(UNMAP, unmap(0, 0x80000)));
      sent.add(Sent.of(MAP, dmaMap(3, 0, 0, 0x40000), File.MEMORY));
      sent.add(Sent.of(MAP, dmaMap(3, 0x40000, 0x40000, 0x40000), File.MEMORY));
      sent.add(Sent.of(MAP, dmaMap(1, 0, 0xe0000000L, 0x1000)));
      sent.add(Sent.of(UNMAP, unmap(0xe0000000L, 0x1000)));
      sent.add(Sent.of(UNMAP, unmap(0, 0x40000)));
      sent.add(Sent.of(UNMAP, unmap(0x40000, 0x40000)));
      sent.add(Sent.of(MAP, dmaMap(3, 0, 0, 0x80000), File.MEMORY));
    }
    for (int width : new int[] {1, 2, 4, 8}) {
      sent.add(read(1, 0, width));
      sent.add(Sent.of(WRITE, writePayload(1, 8, new byte[width])));
      sent.add(Sent.posted(WRITE, writePayload(1, 16, new byte[width])));
      sent.add(Sent.of(SET_IRQS, irqSet(0x11, 0, 0, 1)));
    }
    sent.add(Sent.of(SET_IRQS, irqSet(0x21, 0, 0, 0)));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 2, 0, 1)));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 2, 3, 1), File.EVENTFD));
    sent.add(Sent.of(SET_IRQS, irqSet(0x21, 2, 0, 0)));
    machineReset(sent);
    machineReset(sent);
    return sent;
  }

  private static void machineReset(List<Sent> sent) {
    sent.add(Sent.of(SET_IRQS, irqSet(0x21, 0, 0, 0)));
    sent.add(Sent.of(WRITE, writePayload(CONFIG, 4, (byte) 0, (byte) 0)));
    sent.add(Sent.of(13, new byte[0]));
    sent.add(Sent.of(SET_IRQS, irqSet(0x24, 0, 0, 1), File.EVENTFD));
    for (int bar = 0x10; bar <= 0x24; bar += 4) {
      sent.add(Sent.of(WRITE, writePayload(CONFIG, bar, new byte[4])));
    }
  }

  /** A client that uses what QEMU does not: migration, dirty pages, several writes, DMA. */
  public static List<Sent> others() {
    List<Sent> sent = new ArrayList<>();
    sent.add(Sent.of(MAP, dmaMap(3, 0, 0x10000, 0x20000), File.MEMORY));
    sent.add(Sent.of(MAP, dmaMap(11, 0, 0x100000, 0x20000), File.MEMORY));
    sent.add(Sent.of(MAP, dmaMap(3, 0, 0x200000, 0x20000)));
    sent.add(Sent.of(6, Bytes.ints(16, 0, 1, 0).array()));
    sent.add(Sent.of(16, Bytes.ints(16, 0x10001).zeros(8).array()));
    sent.add(Sent.of(16, Bytes.ints(24, 0x20006).u64(4096).u64(0).array()));
    for (long address : new long[] {0x10000, 0x100000, 0x200000}) {
      sent.add(Sent.of(WRITE, writePayload(0, 0, Bytes.of().u64(address).array())));
      sent.add(Sent.of(WRITE, writePayload(0, 8, new byte[4])));
      sent.add(read(0, 8, 4));
    }
    sent.add(Sent.of(16, Bytes.ints(40, 0x10008).u64(0x10000).u64(0x20000).u64(4096).array()));
    sent.add(Sent.of(UNMAP, Bytes.ints(48, 1).u64(0x10000).u64(0x20000).u64(4096).u64(8).array()));
    sent.add(Sent.of(16, Bytes.ints(8, 0x20007).array()));
    sent.add(Sent.of(15, Bytes.of().u64(1).u64(0).u32(1).u32(4).u64(5).array()));
    sent.add(Sent.of(WRITE, writePayload(0, 16, new byte[] {1, 0, 0, 0})));
    sent.add(Sent.of(SET_IRQS, irqSet(0x22, 2, 0, 2, (byte) 1, (byte) 0)));
    for (int state : new int[] {6, 3, 1, 4}) {
      sent.add(Sent.of(16, Bytes.ints(16, 0x20002, state, 0).array()));
      sent.add(Sent.of(17, Bytes.ints(24, 16).array()));
    }
    sent.add(Sent.of(18, Bytes.ints(24, 16).zeros(16).array()));
    sent.add(Sent.of(16, Bytes.ints(16, 0x20002, 2, 0).array()));
    sent.add(Sent.of(UNMAP, Bytes.ints(24, 2).u64(0).u64(0).array()));
    return sent;
  }

  private static Sent read(int region, long offset, int count) {
    return Sent.of(READ, Bytes.of().u64(offset).u32(region).u32(count).array());
  }

  private static byte[] unmap(long iova, long size) {
    return Bytes.ints(24, 0).u64(iova).u64(size).array();
  }

  private static byte[] regionInfo(int argsz, int region) {
    return Bytes.ints(argsz, 0, region, 0).zeros(argsz - 16).array();
  }
}
