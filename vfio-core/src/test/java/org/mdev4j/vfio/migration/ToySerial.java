package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A model shaped like that of mtty (samples 1.7): a header of 24 bytes, which can be read before
 * the device stops, and a record of 36 bytes for each port.
 */
final class ToySerial implements MigrationModel {
  static final int HEADER = 24;
  static final int RECORD = 36;
  private static final long MAGIC = 0x746f795f73657269L;

  private final MigrationFeatures features;
  final byte[] ports;

  ToySerial(MigrationFeatures features, int ports) {
    this.features = features;
    this.ports = new byte[ports * RECORD];
  }

  @Override
  public MigrationFeatures features() {
    return features;
  }

  @Override
  public long dataSize() {
    return HEADER + ports.length;
  }

  @Override
  public Saving save(MigrationState first) {
    return new Saving() {
      private int pieces;

      @Override
      public MemorySegment next(MigrationState state) {
        if (pieces == 0) {
          pieces++;
          return MemorySegment.ofArray(header());
        }
        if (pieces == 1 && state == MigrationState.STOP_COPY) {
          pieces++;
          return MemorySegment.ofArray(ports.clone());
        }
        return MemorySegment.NULL;
      }
    };
  }

  @Override
  public Loading load() {
    byte[] stream = new byte[HEADER + ports.length];
    return new Loading() {
      private int filled;
      private boolean wrong;

      @Override
      public void write(MemorySegment bytes) {
        if (bytes.byteSize() > stream.length - filled) {
          throw new ErrnoException(Errno.ENOMEM, "more than " + stream.length + " bytes");
        }
        MemorySegment.ofArray(stream).asSlice(filled).copyFrom(bytes);
        filled += (int) bytes.byteSize();
        if (filled >= HEADER && !Arrays.equals(stream, 0, HEADER, header(), 0, HEADER)) {
          wrong = true;
          throw new ErrnoException(Errno.EFAULT, "not a header of this device");
        }
      }

      @Override
      public void finish() {
        if (wrong || filled < stream.length) {
          throw new ErrnoException(Errno.EINVAL, filled + " of " + stream.length + " bytes");
        }
        System.arraycopy(stream, HEADER, ports, 0, ports.length);
      }
    };
  }

  byte[] header() {
    MemorySegment header = MemorySegment.ofArray(new byte[HEADER]);
    header.set(Wire.U64, 0, MAGIC);
    header.set(Wire.U32, 8, 1);
    header.set(Wire.U32, 16, ports.length / RECORD);
    return Streams.bytes(header);
  }
}
