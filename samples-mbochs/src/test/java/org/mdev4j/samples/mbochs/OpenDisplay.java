package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;

/** A host with a display of one type, which a user has opened. */
final class OpenDisplay implements AutoCloseable {
  static final String UUID = "11111111-2222-3333-4444-555555555501";
  static final String TYPES = "/sys/class/mdev_bus/mbochs/mdev_supported_types/";

  /** Where in the file the registers, the EDID region and the memory are. */
  static final long REGISTERS = 0x1000;

  static final long EDID = 0x2000;
  static final long MEMORY = 0x3000;

  private static final long VBE = REGISTERS + 0x500;
  private static final int TYPE1_V2 = 3;

  private final Host host = startHost(Map.of());
  private Container container;
  private GroupFile group;
  private DeviceFile file;

  OpenDisplay(MemorySize size) {
    create(host, size, UUID);
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
            .module(new MbochsModule())
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("mbochs", parameters);
    return host;
  }

  static void create(Host host, MemorySize size, String uuid) {
    try {
      Files.writeString(type(host, size).resolve("create"), uuid);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Path type(Host host, MemorySize size) {
    return host.path(TYPES + size.type().prettyName());
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

  /** Sets a VBE register. */
  void vbe(int index, int value) {
    byte[] bytes = {(byte) value, (byte) (value >> 8)};
    file.write(VBE + 2L * index, MemorySegment.ofArray(bytes));
  }

  int vbe(int index) {
    byte[] bytes = new byte[2];
    file.read(VBE + 2L * index, MemorySegment.ofArray(bytes));
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort());
  }

  /** Sets a mode as a guest's driver does. */
  void mode(int width, int height) {
    vbe(4, 0);
    vbe(3, 32);
    vbe(1, width);
    vbe(2, height);
    vbe(5, 0);
    vbe(6, width);
    vbe(7, height);
    vbe(8, 0);
    vbe(9, 0);
    vbe(4, 0x41);
  }

  GfxPlane plane() {
    GfxPlane plane = file.queryPlane(64, 2, Graphics.PLANE_PRIMARY);
    assertThat(plane).isNotNull();
    return plane;
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
