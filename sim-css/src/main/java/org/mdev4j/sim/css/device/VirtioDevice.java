package org.mdev4j.sim.css.device;

import java.util.Arrays;
import java.util.Set;
import org.mdev4j.sim.css.Ccw;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A virtio device, as far as its identity goes: control unit 3832, whose model says which device it
 * is, and a SENSE ID answer of 256 bytes. The transport's own commands are taken and do nothing.
 */
public final class VirtioDevice extends BasicDevice {
  private static final int IDENTITY_BYTES = 256;

  private static final Set<Integer> TRANSPORT =
      Set.of(0x11, 0x12, 0x13, 0x21, 0x22, 0x31, 0x32, 0x33, 0x43, 0x53, 0x72, 0x73, 0x83);

  /**
   * @param type the virtio device id, 2 for a disk, 4 for a source of randomness
   */
  public VirtioDevice(int type) {
    super(String.format("FF3832%02X000000", type));
  }

  @Override
  public byte[] identity() {
    return Arrays.copyOf(super.identity(), IDENTITY_BYTES);
  }

  @Override
  Outcome perform(int command, Transfer data) {
    if (!TRANSPORT.contains(command)) {
      return reject();
    }
    byte[] chunk = new byte[IDENTITY_BYTES];
    while (data.space() > 0) {
      if (Ccw.isInput(command)) {
        data.offer(Arrays.copyOf(chunk, Math.min(chunk.length, data.space())));
      } else {
        data.accept(chunk);
      }
    }
    return Outcome.DONE;
  }
}
