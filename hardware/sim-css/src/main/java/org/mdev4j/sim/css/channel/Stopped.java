package org.mdev4j.sim.css.channel;

/** Takes a command back out of its device: the program was halted, cleared or lost its device. */
final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Stopped() {
    super("the channel program was stopped", null, false, false);
  }
}
