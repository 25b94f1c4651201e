package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.device.DeviceBench.IOVA;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.driver.ccw.CcwUser;

@DisplayName("series row 1: only what CCWs force to is below 2 GiB")
class HostProgramTest {
  private static final long GIB_2 = 1L << 31;

  private final DeviceBench bench = new DeviceBench().open();

  @AfterEach
  void close() {
    bench.presentEnd();
    bench.work();
    bench.close();
  }

  @Test
  @DisplayName("row 1: CCWs and lists of IDAWs have 31-bit addresses, the user's pages any")
  void addresses() {
    bench.program(new Ccw(0x02, 0, 0x1800, IOVA + 0x2000));
    bench.write(0, CcwUser.request(CcwUser.orb(IOVA), Scsw.START));
    Orb orb = bench.subchannel.started();
    assertThat(Integer.toUnsignedLong(orb.cpa())).isLessThan(GIB_2);
    Ccw ccw = ccwAt(Integer.toUnsignedLong(orb.cpa()));
    assertThat(ccw.has(Ccw.INDIRECT)).isTrue();
    long list = Integer.toUnsignedLong(ccw.address());
    assertThat(list).isLessThan(GIB_2);
    MemorySegment idaws = bench.hostMemory(list, 16);
    assertThat(BigEndian.doubleword(idaws, 0)).isGreaterThanOrEqualTo(2 * GIB_2);
    assertThat(BigEndian.doubleword(idaws, 8)).isGreaterThanOrEqualTo(2 * GIB_2);
    assertThat(orb.has(Orb.FORMAT_2_IDAW)).isTrue();
  }

  private Ccw ccwAt(long address) {
    return Ccw.format1(BigEndian.doubleword(bench.hostMemory(address, Ccw.SIZE), 0));
  }
}
