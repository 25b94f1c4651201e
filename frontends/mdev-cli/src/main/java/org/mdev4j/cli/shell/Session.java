package org.mdev4j.cli.shell;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;

/**
 * A session on a host: where it is in the tree, which devices it holds open, what was announced,
 * and its jobs. Its commands are given by whoever makes it.
 *
 * <p>Thread-safe: jobs use it at the same time. The host is the caller's; close the session first.
 */
public final class Session implements AutoCloseable {
  /** Where a session starts, and where {@code cd} alone goes. */
  public static final String HOME = "/sys";

  private final Host host;
  private final List<Builtin> builtins;
  private final Uevents.Subscription events;
  private final Jobs jobs = new Jobs();
  private final Map<String, Runnable> closers = new ConcurrentSkipListMap<>();
  private volatile Path directory;
  private volatile Path previous;
  private volatile boolean ended;

  public Session(Host host, List<Builtin> builtins) {
    this.host = host;
    this.builtins = List.copyOf(builtins);
    this.events = host.uevents().subscribe();
    this.directory = host.path(HOME);
    this.previous = directory;
  }

  public Host host() {
    return host;
  }

  /** All commands, in the order of help. */
  public List<Builtin> builtins() {
    return builtins;
  }

  /** The command of that name. */
  public Optional<Builtin> builtin(String name) {
    return builtins.stream().filter(builtin -> builtin.name().equals(name)).findFirst();
  }

  /** What the driver core announced and nobody has looked at. */
  public Uevents.Subscription events() {
    return events;
  }

  public Jobs jobs() {
    return jobs;
  }

  /** The directory that relative paths start in; absolute, and free of {@code .} and {@code ..}. */
  public Path directory() {
    return directory;
  }

  /** The directory before the last {@link #enter}. */
  public Path previous() {
    return previous;
  }

  /** Makes {@code next} the directory that relative paths start in. */
  public void enter(Path next) {
    previous = directory;
    directory = next;
  }

  /**
   * The path that {@code text} names.
   *
   * @throws ErrnoException {@code ENOENT} for the empty text, {@code EINVAL} for what is no path
   */
  public Path path(String text) {
    if (text.isEmpty()) {
      throw new ErrnoException(Errno.ENOENT, "the empty path names nothing");
    }
    try {
      return text.equals(".") ? directory : directory.resolve(text);
    } catch (InvalidPathException invalid) {
      throw new ErrnoException(Errno.EINVAL, String.valueOf(invalid.getMessage()), invalid);
    }
  }

  /** Names of the devices that the session holds open. */
  public List<String> held() {
    return List.copyOf(closers.keySet());
  }

  /**
   * Notes that the session holds {@code device} open.
   *
   * @throws ErrnoException {@code EBUSY} if it does already; {@code closer} was not run then
   */
  public void hold(String device, Runnable closer) {
    if (closers.putIfAbsent(device, closer) != null) {
      throw new ErrnoException(Errno.EBUSY, "this shell has " + device + " open already");
    }
  }

  /**
   * Closes a device that the session holds open.
   *
   * @throws ErrnoException {@code EBADF} if it doesn't
   */
  public void letGo(String device) {
    Runnable closer = closers.remove(device);
    if (closer == null) {
      throw new ErrnoException(Errno.EBADF, "this shell does not have '" + device + "' open");
    }
    closer.run();
  }

  /** Says that no further command is wanted. */
  public void end() {
    ended = true;
  }

  public boolean isEnded() {
    return ended;
  }

  /** Closes the devices that the session holds open, so that jobs which wait for that go on. */
  @Override
  public void close() {
    held().forEach(this::letGo);
    events.close();
  }
}
