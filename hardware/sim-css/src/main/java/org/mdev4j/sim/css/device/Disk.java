// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.css.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What disks share: the file behind them, and how a program gets at it. A program defines an
 * extent, locates data in it, and then reads or writes them. Extent and location are forgotten when
 * the next program begins. Without a file the disk is not ready.
 *
 * <p>Used by one channel queue.
 *
 * @param <E> the extent, as the disk counts
 * @param <L> the place that was located
 */
abstract class Disk<E, L> extends BasicDevice {
  /** Commands that both kinds have. */
  static final int DEFINE_EXTENT = 0x63;

  static final int READ_DEVICE_CHARACTERISTICS = 0x64;

  private static final Logger log = LoggerFactory.getLogger(Disk.class);

  private final BlockFile file;
  private @Nullable E extent;
  private @Nullable L located;

  Disk(String identity, BlockFile file) {
    super(identity);
    this.file = file;
  }

  final BlockFile file() {
    return file;
  }

  final @Nullable E extent() {
    return extent;
  }

  final @Nullable L located() {
    return located;
  }

  @Override
  public final void begin() {
    extent = null;
    located = null;
  }

  @Override
  public final void close() {
    file.close();
  }

  @Override
  final Outcome perform(int command, Transfer data) {
    if (!file.exists()) {
      return refuse(INTERVENTION_REQUIRED, 0);
    }
    try {
      return switch (command) {
        case DEFINE_EXTENT -> extent == null ? defineExtent(data) : reject();
        case READ_DEVICE_CHARACTERISTICS -> {
          data.offer(characteristics());
          yield Outcome.DONE;
        }
        default -> transfer(command, data);
      };
    } catch (IOException e) {
      log.warn("disk failed", e);
      return fail(EQUIPMENT_CHECK, 0);
    }
  }

  /** The extent that 16 bytes define; null to reject it. */
  abstract @Nullable E extent(MemorySegment given) throws IOException;

  /** The answer to READ DEVICE CHARACTERISTICS. */
  abstract byte[] characteristics() throws IOException;

  /** Executes a command that is not the same for all disks. */
  abstract Outcome transfer(int command, Transfer data) throws IOException;

  /** Says where the data of the following commands are. */
  final Outcome locate(L place) {
    located = place;
    return Outcome.DONE;
  }

  /** Takes {@code count} bytes of parameters; null if there are fewer. */
  static @Nullable MemorySegment parameters(Transfer data, int count) {
    byte[] bytes = data.take(count);
    return bytes.length < count ? null : MemorySegment.ofArray(bytes);
  }

  private Outcome defineExtent(Transfer data) throws IOException {
    MemorySegment given = parameters(data, 16);
    E defined = given == null ? null : extent(given);
    if (defined == null) {
      return fail(COMMAND_REJECT, 0);
    }
    extent = defined;
    return Outcome.DONE;
  }
}
