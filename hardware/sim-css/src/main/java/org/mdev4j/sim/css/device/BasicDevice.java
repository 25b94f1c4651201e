package org.mdev4j.sim.css.device;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntConsumer;
import org.mdev4j.sim.css.channel.CcwDevice;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * What every device knows: NOP, SENSE, SENSE ID, and a unit check for what it does not know.
 *
 * <p>Sense bytes stay from the unit check until they are taken, or until the next command other
 * than NOP and SENSE. They are used by the channel queue only.
 */
abstract class BasicDevice implements CcwDevice {
  /** Sense byte 0: the command is unknown, or comes in the wrong order. */
  static final int COMMAND_REJECT = 0x80;

  /** Sense byte 0: somebody has to do something, for example insert a disk. */
  static final int INTERVENTION_REQUIRED = 0x40;

  /** Sense byte 0: the device failed. */
  static final int EQUIPMENT_CHECK = 0x10;

  /** Sense byte 1: not in the extent. */
  static final int FILE_PROTECTED = 0x04;

  /** Sense byte 1: nothing may be written. */
  static final int WRITE_INHIBITED = 0x02;

  /** Sense byte 1: there is no such record. */
  static final int NO_RECORD_FOUND = 0x08;

  private static final int NOP = 0x03;
  private static final int SENSE = 0x04;
  private static final int SENSE_ID = 0xE4;
  private static final int SENSE_BYTES = 32;

  private final byte[] identity;
  private final byte[] sense = new byte[SENSE_BYTES];
  private volatile IntConsumer unsolicited = ignored -> {};

  /**
   * @param identity the answer to SENSE ID, in hexadecimal
   */
  BasicDevice(String identity) {
    this.identity = HexFormat.of().parseHex(identity.replace(" ", ""));
  }

  @Override
  public byte[] identity() {
    return identity.clone();
  }

  @Override
  public void attach(IntConsumer taker) {
    unsolicited = taker;
  }

  @Override
  public final Outcome execute(int command, Transfer data) {
    if (command != NOP && command != SENSE) {
      Arrays.fill(sense, (byte) 0);
    }
    return switch (command) {
      case NOP -> Outcome.DONE;
      case SENSE -> {
        data.offer(takeSense());
        yield Outcome.DONE;
      }
      case SENSE_ID -> {
        byte[] answer = identity();
        if (data.count() < 4) {
          answer[0] = 0;
        }
        data.offer(answer);
        yield Outcome.DONE;
      }
      default -> perform(command, data);
    };
  }

  /** Executes a command of the device's own. */
  abstract Outcome perform(int command, Transfer data);

  @Override
  public void cancel() {}

  @Override
  public byte[] takeSense() {
    byte[] taken = sense.clone();
    Arrays.fill(sense, (byte) 0);
    return taken;
  }

  @Override
  public void close() {}

  /** Tells status that belongs to no command. */
  final void present(int status) {
    unsolicited.accept(status);
  }

  /** Refuses a command before any data moved. */
  final Outcome refuse(int sense0, int sense1) {
    sense[0] = (byte) sense0;
    sense[1] = (byte) sense1;
    return new Outcome.Ended(Outcome.UNIT_CHECK);
  }

  /** Refuses an unknown or misplaced command. */
  final Outcome reject() {
    return refuse(COMMAND_REJECT, 0);
  }

  /** Ends a command with a unit check after data moved. */
  final Outcome fail(int sense0, int sense1) {
    var _ = refuse(sense0, sense1);
    return new Outcome.Ended(Outcome.CHANNEL_END | Outcome.DEVICE_END | Outcome.UNIT_CHECK);
  }
}
