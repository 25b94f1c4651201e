package org.mdev4j.vfio.migration;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How integers lie in the user's structures: little-endian, at any address. */
final class Wire {
  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Wire() {}
}
