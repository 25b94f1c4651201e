package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;

/** Mapping memory into the address space of a container, and taking it out. */
final class DmaOps {
  private DmaOps() {}

  static void addTo(Ops ops) {
    ops.add("VFIO_IOMMU_MAP_DMA", (step, session) -> map(step.args(), session));
    ops.add("VFIO_IOMMU_UNMAP_DMA", DmaOps::unmap);
    ops.calls().add("VFIO_IOMMU_MAP_DMA", DmaOps::map);
  }

  private static JsonNode map(Args args, Session session) {
    Container container = RequestOps.file(args, session, Container.class);
    long iova = args.address("iova");
    long size = args.address("size");
    long offset = args.has("memory_offset") ? args.address("memory_offset") : 0;
    container
        .iommu()
        .map(
            new DmaMap(
                DmaMap.SIZE,
                args.has("raw_flags") ? args.word("raw_flags") : DmaMap.READ | DmaMap.WRITE,
                MemoryOps.guest(args, size, session),
                offset,
                iova,
                size));
    session
        .shadows()
        .of(container)
        .mapped(iova, size, MemoryOps.bytes(args, offset, size, session));
    return Answers.ret(0);
  }

  private static JsonNode unmap(Step step, Session session) {
    Args args = step.args();
    Container container = RequestOps.file(args, session, Container.class);
    JsonNode result = unmap(container, args);
    unmapped(container, args, session);
    return result;
  }

  /** The request alone: any thread. */
  static JsonNode unmap(Container container, Args args) {
    long size =
        container
            .iommu()
            .unmap(
                new DmaUnmap(
                    DmaUnmap.SIZE, flags(args), args.address("iova"), args.address("size"), null));
    return Answers.ret(0).put("size", "0x" + Long.toHexString(size));
  }

  /** Lets the address space's shadow know. */
  static void unmapped(Container container, Args args, Session session) {
    session
        .shadows()
        .of(container)
        .unmapped(flags(args), args.address("iova"), args.address("size"));
  }

  private static int flags(Args args) {
    return args.has("flags") ? (int) args.address("flags") : 0;
  }
}
