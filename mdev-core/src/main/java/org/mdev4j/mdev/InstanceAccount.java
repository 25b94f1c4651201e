package org.mdev4j.mdev;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The counter behind an {@link InstanceLimit}, one per registered parent.
 *
 * <p>A counted limit is charged by {@link #take} together with the UUID, a pool by {@link #charge}
 * for the bound device. Each account does one of the two and ignores the other.
 *
 * <h2>Thread safety</h2>
 *
 * {@link #take}, {@link #giveBack} and {@link #available} of counted limits are called under the
 * lock of {@link InstanceRegistry}, so that counter and UUID list always agree. A pool is guarded
 * by its own monitor, a leaf.
 */
sealed interface InstanceAccount {
  /** Takes one instance of {@code type}: {@code EUSERS} if there is none. */
  default void take(MdevType type) {}

  /** Gives back what {@link #take} took. */
  default void giveBack(MdevType type) {}

  /** Takes what an instance of {@code type} costs: {@code ENOSPC} if there is too little. */
  default void charge(MdevType type) {}

  /** Gives back what {@link #charge} took. */
  default void refund(MdevType type) {}

  /** How many instances of {@code type} could be had now. */
  long available(MdevType type);

  /**
   * A full account of {@code limit}.
   *
   * @throws ErrnoException {@code EINVAL} for a negative limit, or a type that costs nothing of its
   *     pool or something that is not in it
   */
  static InstanceAccount open(InstanceLimit limit, List<MdevType> types) {
    return switch (limit) {
      case InstanceLimit.PerType perType -> new Types(perType, types);
      case InstanceLimit.PerParent perParent -> new Shared(perParent.available());
      case InstanceLimit.Pool pool -> new Resources(pool, types);
    };
  }

  private static long notNegative(long value, String what) {
    if (value < 0) {
      throw new ErrnoException(Errno.EINVAL, what + " is negative: " + value);
    }
    return value;
  }

  private static ErrnoException noneLeft(MdevType type) {
    return new ErrnoException(Errno.EUSERS, "no instance of type " + type.name() + " is left");
  }

  /** A counter for each type. */
  final class Types implements InstanceAccount {
    private final Map<String, Long> left = new HashMap<>();

    private Types(InstanceLimit.PerType limit, List<MdevType> types) {
      for (MdevType type : types) {
        long available = limit.available().applyAsLong(type);
        left.put(type.name(), notNegative(available, "limit of type " + type.name()));
      }
    }

    @Override
    public void take(MdevType type) {
      if (available(type) == 0) {
        throw noneLeft(type);
      }
      left.merge(type.name(), -1L, Long::sum);
    }

    @Override
    public void giveBack(MdevType type) {
      left.merge(type.name(), 1L, Long::sum);
    }

    @Override
    public long available(MdevType type) {
      return left.getOrDefault(type.name(), 0L);
    }
  }

  /** One counter for all types. */
  final class Shared implements InstanceAccount {
    private long left;

    private Shared(long available) {
      left = notNegative(available, "limit of the parent");
    }

    @Override
    public void take(MdevType type) {
      if (left == 0) {
        throw noneLeft(type);
      }
      left--;
    }

    @Override
    public void giveBack(MdevType type) {
      left++;
    }

    @Override
    public long available(MdevType type) {
      return left;
    }
  }

  /** A pool of resources. */
  non-sealed class Resources implements InstanceAccount {
    private final Map<String, Long> free;

    Resources(InstanceLimit.Pool pool, List<MdevType> types) {
      free = new HashMap<>(pool.resources());
      free.forEach((resource, amount) -> notNegative(amount, "pool of " + resource));
      for (MdevType type : types) {
        boolean costs = type.cost().values().stream().anyMatch(amount -> amount > 0);
        if (!costs || !free.keySet().containsAll(type.cost().keySet())) {
          throw new ErrnoException(
              Errno.EINVAL,
              "type " + type.name() + " costs " + type.cost() + " of a pool of " + free);
        }
        type.cost().forEach((what, amount) -> notNegative(amount, "cost of " + what));
      }
    }

    @Override
    public synchronized void charge(MdevType type) {
      checkFree(type);
      lower(type);
    }

    synchronized void checkFree(MdevType type) {
      type.cost()
          .forEach(
              (resource, amount) -> {
                if (free(resource) < amount) {
                  throw new ErrnoException(
                      Errno.ENOSPC,
                      "type "
                          + type.name()
                          + " needs "
                          + amount
                          + " "
                          + resource
                          + ", "
                          + free(resource)
                          + " left");
                }
              });
    }

    synchronized void lower(MdevType type) {
      type.cost().forEach((resource, amount) -> free.merge(resource, -amount, Long::sum));
    }

    @Override
    public synchronized void refund(MdevType type) {
      type.cost().forEach((resource, amount) -> free.merge(resource, amount, Long::sum));
    }

    @Override
    public synchronized long available(MdevType type) {
      return type.cost().entrySet().stream()
          .filter(cost -> cost.getValue() > 0)
          .mapToLong(cost -> free(cost.getKey()) / cost.getValue())
          .min()
          .orElse(0);
    }

    private long free(String resource) {
      return free.getOrDefault(resource, 0L);
    }
  }
}
