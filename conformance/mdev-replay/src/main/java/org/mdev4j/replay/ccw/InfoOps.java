package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntPredicate;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.dma.DmaInfo;
import org.mdev4j.vfio.irq.IrqIndex;

/**
 * Requests that fill in a structure. The probe's structures are in big-endian order; where the
 * request is refused they stay as they were.
 */
final class InfoOps {
  private static final int RAW_REGION = 64;
  private static final int RAW_IOMMU = 256;
  private static final int CAPABILITY_HEADER = 8;

  /** A capability of an address space. */
  private static final int MIGRATION = 2;

  private InfoOps() {}

  static void addTo(Ops ops) {
    ops.add("VFIO_DEVICE_GET_INFO", InfoOps::device);
    ops.add("VFIO_DEVICE_GET_REGION_INFO", InfoOps::region);
    ops.add("VFIO_DEVICE_GET_IRQ_INFO", InfoOps::irq);
    ops.add("VFIO_IOMMU_GET_INFO", InfoOps::iommu);
  }

  private static JsonNode device(Step step, Session session) {
    Args args = step.args();
    DeviceFile file = RequestOps.file(args, session, DeviceFile.class);
    ObjectNode result;
    DeviceInfo info;
    try {
      info = file.info(args.word("argsz"));
      result = Answers.ret(0);
    } catch (ErrnoException refusal) {
      info = new DeviceInfo(0, 0, 0);
      result = Answers.errno(refusal);
    }
    return result
        .put("argsz", args.number("argsz"))
        .put("flags", hex(info.flags()))
        .put("num_regions", info.regions())
        .put("num_irqs", info.irqs())
        .put("cap_offset", 0);
  }

  private static JsonNode region(Step step, Session session) {
    Args args = step.args();
    DeviceFile file = RequestOps.file(args, session, DeviceFile.class);
    int index = args.word("index");
    ObjectNode result;
    RegionInfo info;
    try {
      info = file.regionInfo(args.word("argsz"), index);
      result = Answers.ret(0);
    } catch (ErrnoException refusal) {
      info = new RegionInfo(args.word("argsz"), 0, index, 0, 0, 0, new byte[0]);
      result = Answers.errno(refusal);
    }
    ByteBuffer raw =
        ByteBuffer.allocate(RAW_REGION)
            .putInt(info.argsz())
            .putInt(info.flags())
            .putInt(index)
            .putInt(info.capOffset())
            .putLong(info.size())
            .putLong(info.offset());
    if (info.capOffset() != 0) {
      putCapabilities(raw, info.capOffset(), info.capabilities(), id -> false);
    }
    return result
        .put("argsz", Integer.toUnsignedLong(info.argsz()))
        .put("flags", hex(info.flags()))
        .put("cap_offset", info.capOffset())
        .put("size", hex(info.size()))
        .put("offset", hex(info.offset()))
        .put("raw", HexFormat.of().formatHex(raw.array()));
  }

  private static JsonNode irq(Step step, Session session) {
    Args args = step.args();
    DeviceFile file = RequestOps.file(args, session, DeviceFile.class);
    try {
      IrqIndex index = file.irqInfo(args.word("argsz"), args.word("index"));
      return Answers.ret(0).put("flags", hex(index.flags())).put("count", index.count());
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal).put("flags", hex(0)).put("count", 0);
    }
  }

  private static JsonNode iommu(Step step, Session session) {
    Args args = step.args();
    DmaInfo info = RequestOps.file(args, session, Container.class).iommu().info(args.word("argsz"));
    int size = Math.max(RAW_IOMMU, DmaInfo.SIZE + info.capabilities().length);
    ByteBuffer raw =
        ByteBuffer.allocate(size)
            .putInt(info.argsz())
            .putInt(info.flags())
            .putLong(info.pageSizes())
            .putInt(info.capOffset());
    if (info.capOffset() != 0) {
      putCapabilities(raw, info.capOffset(), info.capabilities(), id -> id == MIGRATION);
    }
    return Answers.ret(0)
        .put("argsz", info.argsz())
        .put("flags", hex(info.flags()))
        .put("iova_pgsizes", hex(info.pageSizes()))
        .put("cap_offset", info.capOffset())
        .put("raw", HexFormat.of().formatHex(Arrays.copyOf(raw.array(), RAW_IOMMU)));
  }

  /**
   * Puts a chain, which is given in little-endian order, where it belongs, in big-endian order.
   *
   * @param longs of which capabilities the fields are of 64 bits (or padded); those of others are
   *     of 32
   */
  private static void putCapabilities(
      ByteBuffer raw, int offset, byte[] chain, IntPredicate longs) {
    ByteBuffer from = ByteBuffer.wrap(chain).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = offset; at != 0; ) {
      int base = at - offset;
      short id = from.getShort(base);
      int next = from.getInt(base + 4);
      raw.position(at).putShort(id).putShort(from.getShort(base + 2)).putInt(next);
      int end = next == 0 ? chain.length : next - offset;
      for (int i = base + CAPABILITY_HEADER; i < end; ) {
        if (longs.test(id)) {
          raw.putLong(from.getLong(i));
          i += Long.BYTES;
        } else {
          raw.putInt(from.getInt(i));
          i += Integer.BYTES;
        }
      }
      at = next;
    }
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
