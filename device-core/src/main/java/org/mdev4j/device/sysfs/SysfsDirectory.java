package org.mdev4j.device.sysfs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;

/**
 * A directory of the tree.
 *
 * <p>A directory may be filled before it is added to its parent: then everything in it appears at
 * once, and nobody sees a device with half of its attributes.
 *
 * <h2>Thread safety</h2>
 *
 * There is no lock. The children are a concurrent hash map, so that adding one costs much the same
 * among ten and among a hundred thousand; a listing is sorted when it is made. Adding races with
 * removal of the directory like this: {@link #add} inserts and then tests {@code removed}; {@link
 * #remove} sets {@code removed} and then sweeps. Whichever comes second sees what the other did.
 * The monitor orders those who set {@code removed}; it is a leaf and neither {@link #add} nor a
 * look-up takes it.
 */
public final class SysfsDirectory extends SysfsNode {
  private final ConcurrentMap<String, SysfsNode> children = new ConcurrentHashMap<>();
  private volatile boolean removed;
  private volatile List<RemovalListener> listeners = List.of();

  /** A detached directory of mode 0755. */
  public SysfsDirectory(String name) {
    super(name, 0755);
  }

  /**
   * Adds {@code child}, with all that is in it.
   *
   * @return {@code child}
   * @throws ErrnoException {@code EEXIST} if the name is taken, {@code ENOENT} if this directory
   *     was removed
   */
  public <N extends SysfsNode> N add(N child) {
    child.attachTo(this);
    if (children.putIfAbsent(child.name(), child) != null) {
      child.detach();
      throw new ErrnoException(Errno.EEXIST, path() + " already has a '" + child.name() + "'");
    }
    if (removed && unlink(child)) {
      // Somebody may have found it already: it ends like any removed node, and can't be added
      // again.
      child.onRemoved();
      throw new ErrnoException(Errno.ENOENT, "the directory for '" + child.name() + "' is gone");
    }
    return child;
  }

  /** Adds an empty directory. See {@link #add}. */
  public SysfsDirectory addDirectory(String name) {
    return add(new SysfsDirectory(name));
  }

  /** Adds a link to {@code target}. See {@link #add}. */
  public SysfsLink addLink(String name, SysfsDirectory target) {
    return add(new SysfsLink(name, target));
  }

  /** Adds an attribute. See {@link #add}. */
  public SysfsAttribute addAttribute(Attribute attribute) {
    return add(new SysfsAttribute(attribute));
  }

  /** Adds a group, in its subdirectory if it names one; on failure nothing of it stays. */
  public void addGroup(AttributeGroup group) {
    if (group.directory().isEmpty()) {
      int added = 0;
      try {
        for (Attribute attribute : group.attributes()) {
          addAttribute(attribute);
          added++;
        }
      } catch (ErrnoException refusal) {
        group.attributes().subList(0, added).forEach(attribute -> remove(attribute.name()));
        throw refusal;
      }
    } else {
      SysfsDirectory subdirectory = new SysfsDirectory(group.directory());
      group.attributes().forEach(subdirectory::addAttribute);
      add(subdirectory);
    }
  }

  /** Removes what {@link #addGroup} added. */
  public void removeGroup(AttributeGroup group) {
    if (group.directory().isEmpty()) {
      group.attributes().forEach(attribute -> remove(attribute.name()));
    } else {
      remove(group.directory());
    }
  }

  public @Nullable SysfsNode child(String name) {
    return children.get(name);
  }

  /** What is in the directory now, sorted by name bytewise. */
  public Collection<SysfsNode> children() {
    List<SysfsNode> sorted = new ArrayList<>(children.values());
    sorted.sort(Comparator.comparing(SysfsNode::name));
    return Collections.unmodifiableList(sorted);
  }

  /** Removes the entry {@code name}, if there is one. See {@link #remove(SysfsNode)}. */
  public void remove(String name) {
    SysfsNode child = children.get(name);
    if (child != null) {
      remove(child);
    }
  }

  /**
   * Removes {@code child}, if it is in this directory, with everything below it, and waits until no
   * {@code show} or {@code store} of a removed attribute runs any more.
   *
   * @return whether this call removed it
   * @throws ErrnoException {@code EDEADLK} if the caller is in such a {@code show} or {@code
   *     store}; nothing is removed then. See {@link SysfsAttribute#removeSelf}
   */
  public boolean remove(SysfsNode child) {
    Activity.refuseSelfWait(
        () -> "the removal of " + child.path(),
        place -> place instanceof SysfsNode node && node.isWithin(child));
    if (!unlink(child)) {
      return false;
    }
    child.onRemoved();
    return true;
  }

  /**
   * Removes {@code child} if nothing is in it. An {@link #add} to it at the same time may be
   * refused with {@code ENOENT} although the directory stays; it may be tried again with a new
   * node.
   */
  public void removeIfEmpty(SysfsDirectory child) {
    synchronized (child) {
      if (child.removed) {
        return;
      }
      child.removed = true;
      if (child.isEmpty()) {
        var _ = unlink(child);
      } else {
        child.removed = false;
      }
    }
  }

  /** Whether this directory was removed: nothing can be added any more. */
  public boolean isRemoved() {
    return removed;
  }

  /** Takes {@code child} out without waiting for anybody. True for the one call that did it. */
  boolean unlink(SysfsNode child) {
    if (!children.remove(child.name(), child)) {
      return false;
    }
    child.detach();
    tell(child);
    return true;
  }

  /** Adds a listener for removals in this directory and everywhere below. */
  synchronized void listen(RemovalListener listener) {
    List<RemovalListener> more = new ArrayList<>(listeners);
    more.add(listener);
    listeners = List.copyOf(more);
  }

  synchronized void unlisten(RemovalListener listener) {
    List<RemovalListener> less = new ArrayList<>(listeners);
    less.remove(listener);
    listeners = List.copyOf(less);
  }

  /** Of a removed subtree only the top is told: what is below has no way up any more. */
  private void tell(SysfsNode child) {
    for (SysfsDirectory at = this; at != null; at = at.parent()) {
      for (RemovalListener listener : at.listeners) {
        listener.removed(this, child);
      }
    }
  }

  @Override
  void onRemoved() {
    synchronized (this) {
      removed = true;
    }
    while (!isEmpty()) {
      children.values().forEach(this::remove);
    }
  }

  /** The map's own answer adds up counters, which may miss a child while others come and go. */
  private boolean isEmpty() {
    return !children.values().iterator().hasNext();
  }
}
