package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Schib;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;

/** Region 2: the subchannel-information block as it is now, 52 bytes, read-only. */
final class SchibRegion implements Region.WholeAccess {
  private final Requests requests;

  SchibRegion(Requests requests) {
    this.requests = requests;
  }

  @Override
  public long read(long offset, UserBuffer destination) {
    RegionBounds.check(offset, destination.size(), Schib.SIZE);
    byte[] schib = requests.schib().bytes();
    destination.copyTo(0, MemorySegment.ofArray(schib).asSlice(offset, destination.size()));
    return destination.size();
  }

  @Override
  public long write(long offset, UserBuffer source) {
    throw RegionBounds.readOnly("schib");
  }
}
