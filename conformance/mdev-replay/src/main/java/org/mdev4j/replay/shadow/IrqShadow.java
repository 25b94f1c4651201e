package org.mdev4j.replay.shadow;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What SET_IRQS does to a serial card as Linux 6.7 and later have it ({@code spec/samples.md} 1.6,
 * {@code spec/vfio.md} 4.5): INTX and MSI exclude each other, each is one interrupt, INTX masks
 * itself when it is sent.
 */
public final class IrqShadow {
  private static final int INDEXES = 5;
  private static final int HEADER = 20;
  private static final int NONE = 1;
  private static final int BOOL = 2;
  private static final int EVENTFD = 4;
  private static final int MASK = 8;
  private static final int UNMASK = 0x10;
  private static final int TRIGGER = 0x20;
  private static final int DATA = NONE | BOOL | EVENTFD;
  private static final int ACTIONS = MASK | UNMASK | TRIGGER;
  private static final int INTX = 0;
  private static final int MSI = 1;
  private static final int NOTHING = -1;

  private int active = NOTHING;
  private boolean masked;
  private @Nullable String bound;
  private boolean resampled;

  /**
   * A request.
   *
   * @param first the first byte of its data
   * @param eventfd the descriptor that its data names: an eventfd's name, a number that is none, or
   *     another file's name
   * @param isEventfd whether it is an eventfd
   * @param isOpen whether it is open at all
   */
  public record Request(
      int argsz,
      int flags,
      int index,
      int start,
      int count,
      int first,
      String eventfd,
      boolean isEventfd,
      boolean isOpen) {

    private boolean is(int flag) {
      return (flags & flag) != 0;
    }

    private boolean disables() {
      return is(NONE) && is(TRIGGER) && count == 0;
    }

    private boolean drops() {
      return eventfd.equals("-1");
    }

    private @Nullable String badDescriptor() {
      return isEventfd ? null : isOpen ? "EINVAL" : "EBADF";
    }
  }

  /**
   * What a request gives.
   *
   * @param errno null if it works
   * @param signalled how often each eventfd is signalled by it
   */
  public record Effect(@Nullable String errno, Map<String, Integer> signalled) {}

  /** What {@code request} will give; nothing is changed. */
  public Effect foresee(Request request) {
    IrqShadow copy = new IrqShadow();
    copy.active = active;
    copy.masked = masked;
    copy.bound = bound;
    copy.resampled = resampled;
    return copy.set(request);
  }

  /** Carries out a request. */
  Effect set(Request request) {
    Map<String, Integer> signalled = new HashMap<>();
    String errno = headerError(request);
    if (errno == null && request.index != INTX && request.index != MSI) {
      errno = "ENOTTY";
    }
    if (errno == null) {
      errno = bodyError(request);
    }
    if (errno == null) {
      errno = request.index == INTX ? setIntx(request, signalled) : setMsi(request, signalled);
    }
    return new Effect(errno, signalled);
  }

  void reset() {
    disable();
  }

  private static @Nullable String headerError(Request request) {
    long start = Integer.toUnsignedLong(request.start);
    long count = Integer.toUnsignedLong(request.count);
    boolean wrong =
        Integer.compareUnsigned(request.argsz, HEADER) < 0
            || Integer.compareUnsigned(request.index, INDEXES) >= 0
            || count >= 0xffff_ffffL - start
            || (request.flags & ~(DATA | ACTIONS)) != 0;
    return wrong ? "EINVAL" : null;
  }

  private static @Nullable String bodyError(Request request) {
    long room = Integer.toUnsignedLong(request.argsz) - HEADER;
    int element = request.is(EVENTFD) ? Integer.BYTES : request.is(BOOL) ? 1 : 0;
    boolean wrong =
        request.start != 0
            || Integer.compareUnsigned(request.count, 1) > 0
            || Integer.bitCount(request.flags & DATA) != 1
            || Integer.bitCount(request.flags & ACTIONS) != 1
            || room < (long) request.count * element
            || (request.count == 0 && !request.disables());
    return wrong ? "EINVAL" : null;
  }

  private @Nullable String setIntx(Request request, Map<String, Integer> signalled) {
    if (request.is(TRIGGER)) {
      return trigger(request, signalled, true);
    }
    if (active != INTX) {
      return "EINVAL";
    }
    if (request.is(EVENTFD)) {
      return request.is(MASK) ? "ENOTTY" : resample(request);
    }
    if (selects(request)) {
      masked = request.is(MASK);
    }
    return null;
  }

  private @Nullable String setMsi(Request request, Map<String, Integer> signalled) {
    return request.is(TRIGGER) ? trigger(request, signalled, false) : "ENOTTY";
  }

  private @Nullable String trigger(
      Request request, Map<String, Integer> signalled, boolean masksItself) {
    if (request.disables() || request.is(EVENTFD)) {
      if (active != NOTHING && active != request.index) {
        return "EINVAL";
      }
      return request.is(EVENTFD) ? bind(request) : disable();
    }
    if (active != request.index) {
      return "EINVAL";
    }
    String target = bound;
    if (selects(request) && !masked && target != null) {
      signalled.merge(target, 1, Integer::sum);
      masked = masksItself;
    }
    return null;
  }

  private @Nullable String bind(Request request) {
    String bad = request.drops() ? null : request.badDescriptor();
    if (bad != null) {
      // All stays as it is.
      return bad;
    }
    disable();
    if (!request.drops()) {
      active = request.index;
      bound = request.eventfd;
    }
    return null;
  }

  private @Nullable String resample(Request request) {
    if (request.drops()) {
      resampled = false;
      return null;
    }
    String bad = request.badDescriptor();
    if (bad == null && resampled) {
      return "EBUSY";
    }
    resampled |= bad == null;
    return bad;
  }

  private static boolean selects(Request request) {
    return request.is(NONE) || request.first != 0;
  }

  private @Nullable String disable() {
    active = NOTHING;
    masked = false;
    bound = null;
    resampled = false;
    return null;
  }
}
