package org.mdev4j.vfio;

import java.util.List;
import java.util.Set;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Parameter;

/** Module {@code vfio_iommu_type1}: the IOMMU that containers can have. */
public final class Type1Module implements DriverModule {
  private static final int ENTRY_LIMIT = 65535;

  public Type1Module() {}

  @Override
  public String name() {
    return "vfio_iommu_type1";
  }

  @Override
  public String description() {
    return "type 1 IOMMU for VFIO containers";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio");
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.number("dma_entry_limit", ENTRY_LIMIT, "most DMA mappings of a container"));
  }

  @Override
  public void load(ModuleContext context) {
    IommuBackend backend =
        new IommuBackend(
            context.memory(), context.parameters().number("dma_entry_limit"), context.tracing());
    context.scope().own(context.service(Vfio.class).addBackend(backend));
  }
}
