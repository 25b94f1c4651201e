package org.mdev4j.vfio.model;

import org.mdev4j.vfio.irq.IrqSet;

/**
 * A device whose interrupts are kept elsewhere, because it is only a way to the real one: it gets
 * what its user asks for as it was asked. Of {@link DeviceContext#interrupts} it uses {@link
 * org.mdev4j.vfio.irq.Interrupts#bind}, for the triggers that it signals.
 */
public interface ForwardsInterrupts {
  /**
   * Carries out a SET_IRQS request. A trigger that it has opened is its own until it {@linkplain
   * org.mdev4j.vfio.irq.Trigger#release releases} it.
   *
   * @throws org.mdev4j.device.errno.ErrnoException as the device refuses
   */
  void setIrqs(IrqSet request);
}
