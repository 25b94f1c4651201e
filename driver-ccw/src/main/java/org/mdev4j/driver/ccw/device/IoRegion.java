package org.mdev4j.driver.ccw.device;

/** Region 0: the user starts channel programs here and finds their status. */
final class IoRegion extends RequestRegion {
  private final SubchannelIo io;

  IoRegion(SubchannelIo io) {
    super(io, io.area().bytes(), IoArea.REQUEST_END, IoArea.RETURN_CODE);
    this.io = io;
  }

  @Override
  void request() {
    io.start();
  }
}
