package org.mdev4j.samples.mdpy;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;

/** A host with a display of one type, which a user has opened. */
final class OpenDisplay implements AutoCloseable {
  static final String UUID = "11111111-2222-3333-4444-555555555501";
  static final String TYPES = "/sys/class/mdev_bus/mdpy/mdev_supported_types/";

  private static final int TYPE1_V2 = 3;

  private final Host host = startHost(Map.of());
  private Container container;
  private GroupFile group;
  private DeviceFile file;

  OpenDisplay(Resolution resolution) {
    create(host, resolution, UUID);
    open();
  }

  /** A host with the driver loaded. */
  static Host startHost(Map<String, String> parameters) {
    Host host =
        Host.builder()
            .withoutDiscovery()
            .module(new VfioModule())
            .module(new Type1Module())
            .module(new MdevModule())
            .module(new MdpyModule())
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("mdpy", parameters);
    return host;
  }

  static void create(Host host, Resolution resolution, String uuid) {
    try {
      Files.writeString(type(host, resolution).resolve("create"), uuid);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Path type(Host host, Resolution resolution) {
    return host.path(TYPES + resolution.type().prettyName());
  }

  DeviceFile file() {
    return file;
  }

  Host host() {
    return host;
  }

  /** The user goes, and another comes. */
  void reopen() {
    closeFiles();
    open();
  }

  void closeFiles() {
    file.close();
    group.close();
    container.close();
  }

  private void open() {
    Vfio vfio = host.service(Vfio.class);
    container = vfio.openContainer("test");
    group = vfio.openGroup(groupNumber(), "test");
    group.setContainer(container);
    container.setIommu(TYPE1_V2);
    file = group.openDevice(UUID);
  }

  private int groupNumber() {
    try {
      Path link = host.path("/sys/bus/mdev/devices/" + UUID + "/iommu_group");
      return Integer.parseInt(Files.readSymbolicLink(link).getFileName().toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Bytes of the file, in hexadecimal. */
  String read(long at, int size) {
    byte[] bytes = new byte[size];
    file.read(at, MemorySegment.ofArray(bytes));
    return HexFormat.of().formatHex(bytes);
  }

  void write(long at, String hex) {
    file.write(at, MemorySegment.ofArray(HexFormat.of().parseHex(hex)));
  }

  long read32(long at) {
    byte[] bytes = HexFormat.of().parseHex(read(at, Integer.BYTES));
    int value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return Integer.toUnsignedLong(value);
  }

  static void assertRefused(Errno errno, ThrowingCallable action) {
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(action)
        .matches(refusal -> refusal.errno() == errno, "is " + errno);
  }

  @Override
  public void close() {
    closeFiles();
    host.close();
  }
}
