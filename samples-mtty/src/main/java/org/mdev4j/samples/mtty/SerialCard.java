package org.mdev4j.samples.mtty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.migration.DmaLog;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.LogsDma;
import org.mdev4j.vfio.model.Migratable;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.pci.PciBar;
import org.mdev4j.vfio.pci.PciConfigSpace;
import org.mdev4j.vfio.pci.PciDevice;
import org.mdev4j.vfio.pci.PciRegions;

/**
 * A PCI card with one or two 16550A ports, to which a stock guest's 8250 driver binds ({@code
 * spec/samples.md} 1): one I/O BAR of 8 bytes for each port, one interrupt for both.
 *
 * <h2>Thread safety</h2>
 *
 * This object's monitor guards both ports, so that two ports may be wired to each other. Under it
 * the card's line is set, whose lock is a leaf.
 */
final class SerialCard implements PciDevice, Resettable, Migratable, LogsDma {
  private static final int VENDOR = 0x4348;
  private static final int DEVICE = 0x3253;
  private static final int CLASS_16550 = 0x070002;
  private static final int IO_SPACE = 0x0001;
  private static final int DEVSEL_MEDIUM = 0x0200;
  private static final int VENDOR_BYTES = 0x40;
  private static final int LABEL = 0x60;

  private final List<Uart> ports;
  private final PciConfigSpace config;
  private final PciRegions regions;
  private final MigrationModel migration = new CardMigration(this);
  private final DmaLog dmaLog = new QuietLog();
  private @Nullable DeviceContext user;

  /**
   * @param lines what its ports, as many, get plugged into
   * @param clock for the receivers' time-outs
   */
  SerialCard(List<Line> lines, HostClock clock) {
    int portCount = lines.size();
    ports =
        lines.stream().map(line -> new Uart(this, clock, line, this::interruptChanged)).toList();
    for (int i = 0; i < portCount; i++) {
      lines.get(i).connect(ports.get(i));
    }
    config = configuration(portCount);
    PciRegions.Builder builder = PciRegions.shifted(config);
    for (int i = 0; i < portCount; i++) {
      builder.region(i, ports(ports.get(i)));
    }
    regions = builder.build();
  }

  private static PciConfigSpace configuration(int portCount) {
    PciConfigSpace.Builder builder =
        PciConfigSpace.builder(VENDOR, DEVICE)
            .subsystem(VENDOR, DEVICE)
            .classCode(CLASS_16550)
            .revision(0x10)
            .command(IO_SPACE)
            .status(DEVSEL_MEDIUM)
            .interruptPin(1)
            .writableInterruptLine()
            .bytes(VENDOR_BYTES, (byte) 0x23, (byte) 0, (byte) 0, (byte) 0x80)
            .bytes(VENDOR_BYTES + 4, (byte) 0x23)
            .bytes(VENDOR_BYTES + 8, (byte) 0x23)
            .bytes(VENDOR_BYTES + 12, (byte) 0x23)
            .bytes(LABEL, "PCI Serial/UART".getBytes(US_ASCII));
    for (int i = 0; i < portCount; i++) {
      builder.bar(i, PciBar.io(UartBits.REGISTERS));
    }
    return builder.build();
  }

  @Override
  public PciRegions regions() {
    return regions;
  }

  @Override
  public List<IrqIndex> irqs() {
    return List.of(
        IrqIndex.intx(),
        IrqIndex.msi(1),
        IrqIndex.refused(),
        IrqIndex.refused(),
        IrqIndex.refused());
  }

  @Override
  public synchronized void open(DeviceContext context) {
    user = context;
    reset();
    ports.forEach(Uart::discard);
    ports.forEach(Uart::start);
  }

  @Override
  public synchronized void close() {
    user = null;
    ports.forEach(Uart::stop);
  }

  @Override
  public synchronized void reset() {
    config.reset();
    ports.forEach(Uart::reset);
    ports.forEach(port -> port.setModemChanges(0));
  }

  @Override
  public MigrationModel migration() {
    return migration;
  }

  @Override
  public DmaLog dmaLog() {
    return dmaLog;
  }

  int portCount() {
    return ports.size();
  }

  /** The state does not change but by its user, until {@link #resume}. */
  synchronized void pause() {
    ports.forEach(Uart::stop);
  }

  /** Things happen again, as long as somebody uses the card. */
  synchronized void resume() {
    if (user != null) {
      ports.forEach(Uart::start);
    }
  }

  /** The state of all ports, at one moment. */
  synchronized List<UartState> save() {
    return ports.stream().map(Uart::save).toList();
  }

  /** Takes over the state of all ports. */
  synchronized void load(List<UartState> states) {
    for (int i = 0; i < states.size(); i++) {
      ports.get(i).load(states.get(i));
    }
    for (int i = 0; i < states.size(); i++) {
      ports.get(i).setModemChanges(states.get(i).modemStatus());
    }
  }

  /** Both ports share the card's interrupt. Called under the monitor. */
  private void interruptChanged() {
    DeviceContext context = user;
    if (context != null) {
      boolean asserted = false;
      for (Uart port : ports) {
        asserted |= port.interrupt();
      }
      context.interrupts().line(asserted);
    }
  }

  /** The registers of one port; beyond them the ports of the bus float, here they read as zero. */
  private Region ports(Uart port) {
    Region.RegisterAccess access =
        new Region.RegisterAccess() {
          @Override
          public long read(long offset, int width) {
            synchronized (SerialCard.this) {
              return offset < UartBits.REGISTERS ? port.read((int) offset) : 0;
            }
          }

          @Override
          public void write(long offset, int width, long value) {
            synchronized (SerialCard.this) {
              if (offset < UartBits.REGISTERS) {
                port.write((int) offset, (int) value & 0xff);
              }
            }
          }
        };
    return new Region.Registers(
        UartBits.REGISTERS, Region.READ | Region.WRITE, List.of(), 4, Long.MAX_VALUE, access);
  }
}
