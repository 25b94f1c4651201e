package org.mdev4j.cli.verbs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mediated device, as its directory says; null for what is not there.
 *
 * @param uuid its name
 * @param parent the parent's name
 * @param type the type's name, for example {@code mtty-1}
 * @param driver the driver that it is bound to
 * @param iommuGroup number of its IOMMU group
 * @param vfioDevice its VFIO device, for example {@code vfio0}
 * @param deviceApi of its type, such as {@code vfio-pci}
 * @param name of its type, for people
 * @param users who has it open, as far as the tree says
 */
public record DeviceEntry(
    String uuid,
    String parent,
    @Nullable String type,
    @Nullable String driver,
    @Nullable String iommuGroup,
    @Nullable String vfioDevice,
    @Nullable String deviceApi,
    @Nullable String name,
    List<String> users) {}
