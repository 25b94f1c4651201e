package org.mdev4j.testkit.host;

import org.mdev4j.vfio.DeviceFile;

/**
 * A host with one device, which a user has opened: what most tests of a device model begin with. A
 * driver's tests extend it with what is particular to their device.
 *
 * <p>Closing it closes the user and takes the host down, with its checks.
 */
public class OpenDevice implements AutoCloseable {
  private final TestHost host;
  private final String uuid;
  private DeviceUser user;

  /** Opens a new device of the type of that id, on a host of its own. */
  public OpenDevice(DriverSetup setup, String typeId) {
    host = TestHost.start(setup);
    uuid = host.create(typeId);
    user = host.open(uuid);
  }

  public final TestHost host() {
    return host;
  }

  public final String uuid() {
    return uuid;
  }

  /** Who has it open now. */
  public final DeviceUser user() {
    return user;
  }

  public final DeviceFile file() {
    return user.file();
  }

  /** The user goes, and another comes. */
  public final void reopen() {
    closeFiles();
    user = host.open(uuid);
  }

  /** The user goes. */
  public final void closeFiles() {
    user.close();
  }

  /** Bytes of the device file as hexadecimal digits. */
  public final String read(long at, int size) {
    return user.readHex(at, size);
  }

  /** Writes hexadecimal digits to the device file. */
  public final void write(long at, String hex) {
    var _ = user.writeHex(at, hex);
  }

  /** 4 bytes of the device file, as an unsigned number. */
  public final long read32(long at) {
    return Integer.toUnsignedLong(user.read32(at));
  }

  @Override
  public void close() {
    closeFiles();
    host.close();
  }
}
