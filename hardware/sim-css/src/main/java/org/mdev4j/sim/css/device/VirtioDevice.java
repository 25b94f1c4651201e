package org.mdev4j.sim.css.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A virtio device behind a subchannel (virtio 1.1, 4.3): control unit 3832, whose model says which
 * device it is, and a SENSE ID answer of 256 bytes. It tells what it is and can, and keeps its
 * status; queues and indicators are taken, but nothing comes of them.
 *
 * <p>Until a program sets a revision it is a legacy device: the fields of its configuration are
 * big-endian, and there are 32 feature bits. The revision is forgotten when the subchannel is
 * disabled.
 */
public final class VirtioDevice extends BasicDevice {
  private static final int WRITE_FEAT = 0x11;
  private static final int READ_FEAT = 0x12;
  private static final int SET_VQ = 0x13;
  private static final int WRITE_CONF = 0x21;
  private static final int READ_CONF = 0x22;
  private static final int WRITE_STATUS = 0x31;
  private static final int READ_VQ_CONF = 0x32;
  private static final int VDEV_RESET = 0x33;
  private static final int SET_IND = 0x43;
  private static final int SET_CONF_IND = 0x53;
  private static final int READ_STATUS = 0x72;
  private static final int SET_IND_ADAPTER = 0x73;
  private static final int SET_VIRTIO_REV = 0x83;

  private static final int IDENTITY_BYTES = 256;
  private static final int FEATURE_BYTES = 5;
  private static final int QUEUE_BYTES = 4;
  private static final int MAX_REVISION = 2;

  private final VirtioFunction function;
  private int revision;
  private boolean settled;
  private byte status;

  private VirtioDevice(VirtioFunction function) {
    super(String.format("FF3832%02X000000", function.type()));
    this.function = function;
  }

  /**
   * A disk.
   *
   * @param blocks of 512 bytes
   * @param queues how many request queues it has, at least 1
   */
  public static VirtioDevice disk(long blocks, int queues) {
    return new VirtioDevice(new VirtioBlock(blocks, queues));
  }

  /**
   * A device without a configuration.
   *
   * @param type the virtio device id, 4 for a source of randomness
   */
  public static VirtioDevice plain(int type) {
    return new VirtioDevice(new VirtioFunction.Plain(type));
  }

  @Override
  public byte[] identity() {
    return Arrays.copyOf(super.identity(), IDENTITY_BYTES);
  }

  @Override
  public void disabled() {
    revision = 0;
    settled = false;
  }

  @Override
  Outcome perform(int command, Transfer data) {
    if (command == SET_VIRTIO_REV) {
      return setRevision(data);
    }
    settled = true;
    return switch (command) {
      case READ_FEAT -> readFeatures(data);
      case READ_CONF -> readConfiguration(data);
      case READ_VQ_CONF -> readQueue(data);
      case READ_STATUS -> {
        data.offer(new byte[] {status});
        yield Outcome.DONE;
      }
      case WRITE_STATUS -> writeStatus(data);
      case VDEV_RESET -> {
        status = 0;
        yield Outcome.DONE;
      }
      case WRITE_FEAT -> taken(data, FEATURE_BYTES);
      case SET_VQ -> taken(data, isLegacy() ? 16 : 32);
      case WRITE_CONF ->
          taken(data, Math.min(data.count(), function.configuration(order()).length));
      case SET_IND, SET_CONF_IND -> taken(data, Long.BYTES);
      case SET_IND_ADAPTER -> taken(data, 3 * Long.BYTES + 1);
      default -> reject();
    };
  }

  /** The program says which 32 bits it wants, in the byte that follows them. */
  private Outcome readFeatures(Transfer data) {
    byte[] index = data.look(Integer.BYTES, 1);
    if (index.length == 0) {
      return reject();
    }
    long offered =
        function.features() & (isLegacy() ? 0xFFFF_FFFFL : ~VirtioFunction.LEGACY_FEATURES);
    int shift = Integer.SIZE * Byte.toUnsignedInt(index[0]);
    data.offer(
        ByteBuffer.allocate(FEATURE_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(shift < Long.SIZE ? (int) (offered >>> shift) : 0)
            .put(index[0])
            .array());
    return Outcome.DONE;
  }

  /** A program that asks for less gets the begin. */
  private Outcome readConfiguration(Transfer data) {
    byte[] configuration = function.configuration(order());
    int done = 0;
    do {
      int end = done + Math.min(data.space(), configuration.length - done);
      done += data.offer(Arrays.copyOfRange(configuration, done, end));
    } while (done < configuration.length && data.space() > 0);
    return Outcome.DONE;
  }

  /** The program says which queue it means, in the first two bytes. */
  private Outcome readQueue(Transfer data) {
    byte[] index = data.look(0, Short.BYTES);
    if (index.length < Short.BYTES) {
      return reject();
    }
    int size = function.queueSize(Short.toUnsignedInt(ByteBuffer.wrap(index).getShort()));
    data.offer(ByteBuffer.allocate(QUEUE_BYTES).put(index).putShort((short) size).array());
    return Outcome.DONE;
  }

  private Outcome writeStatus(Transfer data) {
    byte[] written = data.take(1);
    if (written.length > 0) {
      status = written[0];
    }
    return Outcome.DONE;
  }

  /** Once, before every other command; the data of later revisions are not looked at. */
  private Outcome setRevision(Transfer data) {
    byte[] wanted = data.take(2 * Short.BYTES);
    if (wanted.length < 2 * Short.BYTES) {
      return reject();
    }
    int number = Short.toUnsignedInt(ByteBuffer.wrap(wanted).getShort());
    if (settled || number > MAX_REVISION) {
      return fail(COMMAND_REJECT, 0);
    }
    revision = number;
    settled = true;
    return Outcome.DONE;
  }

  private static Outcome taken(Transfer data, int size) {
    var _ = data.take(size);
    return Outcome.DONE;
  }

  private boolean isLegacy() {
    return revision == 0;
  }

  private ByteOrder order() {
    return isLegacy() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }
}
