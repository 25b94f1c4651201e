package org.mdev4j.vfio.dma;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * What an address space must answer: the rules of {@code spec/vfio.md} 5 written down page by page,
 * without a thought to speed, threads or memory. Page numbers are below 2^52, so they are plain
 * numbers here.
 */
final class NaiveSpace {
  private static final long PAGES = 1L << 52;
  private static final int PAGE = 4096;

  /** What a device does when it is told of an unmap. */
  enum Manner {
    /** Lets go at once. */
    GOOD,
    /** Lets go when it is called the third time. */
    SLOW,
    /** Never lets go. */
    REFUSING,
    /** Has no listener. */
    DEAF
  }

  static final class Device {
    final Manner manner;
    boolean attached = true;

    Device(Manner manner) {
      this.manner = manner;
    }
  }

  record Memory(byte[] bytes, boolean pinnable, boolean writable) {}

  private static final class Mapping {
    final long first;
    final long last;
    final int prot;
    final Memory memory;
    final long vaddrPage;
    final Set<Long> dirty = new TreeSet<>();
    final Map<Long, Map<Device, Integer>> pins = new HashMap<>();

    Mapping(long first, long last, int prot, Memory memory, long vaddrPage) {
      this.first = first;
      this.last = last;
      this.prot = prot;
      this.memory = memory;
      this.vaddrPage = vaddrPage;
    }

    long offset(long iova) {
      return (vaddrPage + (iova >>> 12) - first) * PAGE + iova % PAGE;
    }
  }

  private final boolean v2;
  private final int limit;
  private final Map<Long, Mapping> byPage = new HashMap<>();
  private final List<Device> devices = new ArrayList<>();
  private boolean tracking;

  NaiveSpace(boolean v2, int limit) {
    this.v2 = v2;
    this.limit = limit;
  }

  private static ErrnoException refuse(Errno errno) {
    return new ErrnoException(errno, "says the model");
  }

  private static void require(boolean condition, Errno errno) {
    if (!condition) {
      throw refuse(errno);
    }
  }

  private static boolean isPages(long at, long size) {
    return (at & 4095) == 0
        && (size & 4095) == 0
        && size != 0
        && (at >>> 12) + (size >>> 12) <= PAGES;
  }

  private List<Mapping> mappings() {
    return byPage.values().stream()
        .distinct()
        .sorted(Comparator.comparingLong(mapping -> mapping.first))
        .toList();
  }

  /** What is mapped, lowest first. */
  List<IovaRange> ranges() {
    return mappings().stream()
        .map(mapping -> new IovaRange(mapping.first * PAGE, (mapping.last + 1) * PAGE - 1))
        .toList();
  }

  int available() {
    return limit - mappings().size();
  }

  int pinnedPages() {
    return mappings().stream().mapToInt(mapping -> mapping.pins.size()).sum();
  }

  boolean isPinned(long page) {
    return byPage.containsKey(page) && byPage.get(page).pins.containsKey(page);
  }

  void map(DmaMap request, Memory memory) {
    int flags = request.flags();
    require(request.argsz() >= 32 && flags >= 0 && flags <= 7, Errno.EINVAL);
    require(flags == 1 || flags == 2 || flags == 3 || flags == 4, Errno.EINVAL);
    require(isPages(request.iova(), request.size()), Errno.EINVAL);
    require(isPages(request.vaddr(), request.size()), Errno.EINVAL);
    long first = request.iova() >>> 12;
    long last = first + (request.size() >>> 12) - 1;
    boolean overlaps = false;
    for (long page = first; page <= last; page++) {
      overlaps |= byPage.containsKey(page);
    }
    require(flags != 4 || overlaps, Errno.ENOENT);
    require(flags != 4, Errno.EINVAL);
    require(!overlaps, Errno.EEXIST);
    require(available() > 0, Errno.ENOSPC);
    Mapping mapping = new Mapping(first, last, flags, memory, request.vaddr() >>> 12);
    for (long page = first; page <= last; page++) {
      byPage.put(page, mapping);
    }
  }

  long unmap(DmaUnmap request, boolean[] bits, boolean tooShort) {
    int flags = request.flags();
    boolean tell = (flags & 1) != 0;
    boolean all = (flags & 2) != 0;
    require(request.argsz() >= 24 && flags >= 0 && flags <= 7, Errno.EINVAL);
    if (tell) {
      require(flags == 1 && request.argsz() >= 48, Errno.EINVAL);
      require(fits(request.bitmap(), request.size() >>> 12), Errno.EINVAL);
    }
    require((flags & 4) == 0, Errno.EBUSY);
    require(
        all ? request.iova() == 0 && request.size() == 0 : isPages(request.iova(), request.size()),
        Errno.EINVAL);
    require(!tell || (tracking && request.bitmap().pageSize() == PAGE), Errno.EINVAL);
    long first = all ? 0 : request.iova() >>> 12;
    long last = all ? PAGES - 1 : first + (request.size() >>> 12) - 1;
    require(!v2 || !cuts(first, last), Errno.EINVAL);
    require(!tell || !tooShort, Errno.EFAULT);
    if (!v2 && byPage.containsKey(first) && byPage.get(first).first < first) {
      return 0;
    }
    long bytes = 0;
    for (Mapping mapping : mappings()) {
      if (mapping.first >= first && mapping.first <= last) {
        askToUnpin(mapping);
        require(mapping.pins.isEmpty(), Errno.EBUSY);
        if (tell) {
          report(mapping, first, bits);
        }
        byPage.values().removeIf(other -> other == mapping);
        bytes += (mapping.last - mapping.first + 1) * PAGE;
      }
    }
    return bytes;
  }

  private void askToUnpin(Mapping mapping) {
    for (Device device : devices) {
      if (device.manner == Manner.GOOD || device.manner == Manner.SLOW) {
        forget(mapping, device);
      }
    }
  }

  private static void forget(Mapping mapping, Device device) {
    mapping.pins.values().forEach(of -> of.remove(device));
    mapping.pins.values().removeIf(Map::isEmpty);
  }

  private boolean cuts(long first, long last) {
    return mappings().stream()
        .anyMatch(
            mapping ->
                (mapping.first < first && first <= mapping.last)
                    || (mapping.first <= last && last < mapping.last));
  }

  private static boolean fits(UserBitmap bitmap, long pages) {
    return bitmap.size() > 0 && bitmap.size() <= 256 << 20 && bitmap.size() / 8 * 64 >= pages;
  }

  private void report(Mapping mapping, long base, boolean[] bits) {
    mapping.dirty.forEach(page -> bits[(int) (page - base)] = true);
    mapping.dirty.clear();
    mapping.dirty.addAll(mapping.pins.keySet());
  }

  void dirtyPages(DirtyPages request, boolean[] bits, boolean tooShort) {
    require(v2, Errno.EACCES);
    int flags = request.flags();
    require(request.argsz() >= 8, Errno.EINVAL);
    require(flags == 1 || flags == 2 || flags == 4, Errno.EINVAL);
    if (flags == 1 && !tracking) {
      tracking = true;
      mappings().forEach(mapping -> mapping.dirty.addAll(mapping.pins.keySet()));
    } else if (flags == 2) {
      tracking = false;
      mappings().forEach(mapping -> mapping.dirty.clear());
    } else if (flags == 4) {
      require(request.argsz() >= 48, Errno.EINVAL);
      require(isPages(request.iova(), request.size()), Errno.EINVAL);
      require(fits(request.bitmap(), request.size() >>> 12), Errno.EINVAL);
      require(request.bitmap().pageSize() == PAGE && tracking, Errno.EINVAL);
      long first = request.iova() >>> 12;
      long last = first + (request.size() >>> 12) - 1;
      require(!cuts(first, last), Errno.EINVAL);
      require(!tooShort, Errno.EFAULT);
      for (Mapping mapping : mappings()) {
        if (mapping.first >= first && mapping.first <= last) {
          report(mapping, first, bits);
        }
      }
    }
  }

  void attach(Device device) {
    devices.add(device);
  }

  void detach(Device device) {
    device.attached = false;
    devices.remove(device);
    mappings().forEach(mapping -> forget(mapping, device));
  }

  void pin(Device device, long iova, int count, int prot) {
    require(count > 0 && device.attached, Errno.EINVAL);
    require(count <= 512, Errno.E2BIG);
    require(v2, Errno.EACCES);
    require(devices.stream().anyMatch(each -> each.manner != Manner.DEAF), Errno.EINVAL);
    require((iova & 4095) == 0, Errno.EINVAL);
    long first = iova >>> 12;
    List<Long> pinnedNow = new ArrayList<>();
    for (long page = first; page < first + count; page++) {
      try {
        if (pinOne(device, page, prot)) {
          pinnedNow.add(page);
        }
      } catch (ErrnoException refusal) {
        for (long done = first; done < page; done++) {
          unpinOne(device, done);
        }
        throw refusal;
      }
    }
    // A call that is refused has pinned nothing, so it makes nothing dirty either.
    if (tracking) {
      pinnedNow.forEach(page -> byPage.get(page).dirty.add(page));
    }
  }

  /** Whether the page was not pinned before. */
  private boolean pinOne(Device device, long page, int prot) {
    Mapping mapping = byPage.get(page);
    require(mapping != null, Errno.EINVAL);
    require((prot & ~mapping.prot) == 0, Errno.EPERM);
    if (!mapping.pins.containsKey(page)) {
      Memory memory = mapping.memory;
      boolean writes = (mapping.prot & DmaMap.WRITE) != 0;
      require(memory.pinnable && (memory.writable || !writes), Errno.EFAULT);
      require(mapping.offset(page << 12) + PAGE <= memory.bytes.length, Errno.EFAULT);
      mapping.pins.put(page, new HashMap<>());
    }
    return mapping.pins.get(page).merge(device, 1, Integer::sum) == 1
        && mapping.pins.get(page).size() == 1;
  }

  void unpin(Device device, long iova, int count) {
    if (count <= 0 || count > 512 || !device.attached || (iova & 4095) != 0) {
      return;
    }
    for (long page = iova >>> 12; byPage.containsKey(page) && count > 0; page++) {
      unpinOne(device, page);
      count--;
    }
  }

  private void unpinOne(Device device, long page) {
    Mapping mapping = byPage.get(page);
    Map<Device, Integer> pins = mapping.pins.get(page);
    if (pins != null) {
      pins.computeIfPresent(device, (_, count) -> count == 1 ? null : count - 1);
      if (pins.isEmpty()) {
        mapping.pins.remove(page);
      }
    }
  }

  void copy(Device device, long iova, byte[] buffer, boolean write) {
    require(buffer.length > 0 && device.attached, Errno.EINVAL);
    int done = 0;
    while (done < buffer.length) {
      long at = iova + done;
      Mapping mapping = done > 0 && at == 0 ? null : byPage.get(at >>> 12);
      require(mapping != null, Errno.EINVAL);
      require(mapping.prot == 3 || (mapping.prot == 1 && !write), Errno.EPERM);
      long rest = (mapping.last - (at >>> 12) + 1) * PAGE - (at & 4095);
      int part = (int) Math.min(rest, buffer.length - done);
      long offset = mapping.offset(at & -4096) + (at & 4095);
      Memory memory = mapping.memory;
      require(offset + part <= memory.bytes.length, Errno.EFAULT);
      require(memory.writable || !write, Errno.EFAULT);
      if (write) {
        System.arraycopy(buffer, done, memory.bytes, (int) offset, part);
        for (long page = at >>> 12; tracking && page <= (at + part - 1) >>> 12; page++) {
          mapping.dirty.add(page);
        }
      } else {
        System.arraycopy(memory.bytes, (int) offset, buffer, done, part);
      }
      done += part;
    }
  }
}
