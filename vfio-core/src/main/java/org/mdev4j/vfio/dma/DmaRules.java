package org.mdev4j.vfio.dma;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * What is checked of a request before anything else is looked at ({@code spec/vfio.md} 5.1 to 5.3,
 * 5.5), in the order of the rules.
 */
final class DmaRules {
  private DmaRules() {}

  static void check(DmaMap request) {
    checkHeader(request.argsz(), DmaMap.SIZE, request.flags(), DmaMap.KNOWN_FLAGS);
    if (request.has(DmaMap.VADDR) == (request.prot() != 0)) {
      throw invalid(
          "flags 0x"
              + Integer.toHexString(request.flags())
              + ": either READ, WRITE or"
              + " both, or VADDR");
    }
    checkRange(request.iova(), request.size());
    if (!Pages.isAligned(request.vaddr()) || IovaRange.wraps(request.vaddr(), request.size())) {
      throw invalid(String.format("0x%x bytes of memory at 0x%x", request.size(), request.vaddr()));
    }
  }

  static void check(DmaUnmap request) {
    checkHeader(request.argsz(), DmaUnmap.SIZE, request.flags(), DmaUnmap.KNOWN_FLAGS);
    if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
      if (request.has(DmaUnmap.ALL | DmaUnmap.VADDR)) {
        throw invalid("GET_DIRTY_BITMAP goes with neither ALL nor VADDR");
      }
      checkArgsz(request.argsz(), DmaUnmap.SIZE + UserBitmap.STRUCTURE_SIZE);
      given(request.bitmap()).checkSize(request.size() >>> Pages.SHIFT);
    }
    if (request.has(DmaUnmap.VADDR)) {
      throw new ErrnoException(
          Errno.EBUSY, "an emulated device needs the memory: only the whole mapping can go");
    }
    if (!request.has(DmaUnmap.ALL)) {
      checkRange(request.iova(), request.size());
    } else if (request.iova() != 0 || request.size() != 0) {
      throw invalid("ALL leaves no choice of iova and size");
    }
    if (request.has(DmaUnmap.GET_DIRTY_BITMAP)) {
      checkPageSize(given(request.bitmap()));
    }
  }

  static void check(DirtyPages request) {
    checkHeader(request.argsz(), DirtyPages.SIZE, request.flags(), DirtyPages.KNOWN_FLAGS);
    if (Integer.bitCount(request.flags()) != 1) {
      throw invalid("flags 0x" + Integer.toHexString(request.flags()) + ": START, STOP or GET");
    }
    if (request.flags() == DirtyPages.GET) {
      checkArgsz(request.argsz(), DirtyPages.GET_SIZE);
      UserBitmap bitmap = given(request.bitmap());
      checkRange(request.iova(), request.size());
      bitmap.checkSize(request.range().pages());
      checkPageSize(bitmap);
    }
  }

  static void checkArgsz(int argsz, int least) {
    if (Integer.compareUnsigned(argsz, least) < 0) {
      throw invalid("argsz " + Integer.toUnsignedString(argsz) + " is less than " + least);
    }
  }

  /** The bitmap that a request's flags speak of. */
  static UserBitmap given(@Nullable UserBitmap bitmap) {
    if (bitmap == null) {
      throw new ErrnoException(Errno.EFAULT, "the request has no bitmap");
    }
    return bitmap;
  }

  static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }

  private static void checkHeader(int argsz, int least, int flags, int known) {
    checkArgsz(argsz, least);
    if ((flags & ~known) != 0) {
      throw invalid("unknown flags 0x" + Integer.toHexString(flags));
    }
  }

  private static void checkRange(long iova, long size) {
    if (size == 0
        || !Pages.isAligned(size)
        || !Pages.isAligned(iova)
        || IovaRange.wraps(iova, size)) {
      throw invalid(String.format("0x%x bytes at 0x%x are no range of pages", size, iova));
    }
  }

  private static void checkPageSize(UserBitmap bitmap) {
    if (bitmap.pageSize() != Pages.SIZE) {
      throw invalid("a bitmap of pages of " + bitmap.pageSize() + " bytes");
    }
  }
}
