package org.mdev4j.driver.ccw.device;

/** Region 0: the user starts channel programs here and finds their status. */
final class IoRegion extends RequestRegion {
  private final Requests requests;

  IoRegion(Requests requests) {
    super(requests, requests.area().bytes(), IoArea.REQUEST_END, IoArea.RETURN_CODE);
    this.requests = requests;
  }

  @Override
  void request() {
    requests.start();
  }
}
