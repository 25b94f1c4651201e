package org.mdev4j.sim.css.channel;

/** Ends a channel program with a check of the channel's own. */
final class ChannelCheck extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int subchannelStatus;

  /**
   * @param subchannelStatus the check's bit in byte 9 of the SCSW
   * @param why what is wrong, for the log
   */
  ChannelCheck(int subchannelStatus, String why) {
    super(why, null, false, false);
    this.subchannelStatus = subchannelStatus;
  }

  int subchannelStatus() {
    return subchannelStatus;
  }
}
