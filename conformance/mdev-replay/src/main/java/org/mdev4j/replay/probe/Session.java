package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.replay.compare.Normaliser;
import org.mdev4j.replay.shadow.Shadows;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.Eventfd;
import org.mdev4j.replay.vfio.NullFile;
import org.mdev4j.replay.vfio.VfioUser;

/**
 * One run of the probe on one host: the host, what names stand for, calls in the background,
 * uevents that are pending, and what the steps so far have left behind.
 *
 * <h2>Thread safety</h2>
 *
 * Everything belongs to the thread that replays, except {@link #syscalls} and {@link #host}, which
 * calls in the background use too.
 */
public final class Session implements AutoCloseable {
  /** The name of the fd that the step itself returned, for its hidden calls. */
  public static final String RESULT = "result";

  /** Parts of an opened device, in the order in which they are closed. */
  private static final List<String> PARTS = List.of(".d", ".g", ".c");

  /** How late something that was recorded with a step may come. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final Host host;
  private final Syscalls syscalls;
  private final VfioUser vfio;
  private final Map<String, Map<String, String>> parameters;
  private final Calls calls;
  private final Inbox inbox;
  private final @Nullable Aftermath aftermath;
  private final TraceWindow traceWindow = new TraceWindow();
  private final Normaliser normaliser = new Normaliser();
  private final Bindings bindings;
  private final Capacity capacity;
  private final Shadows shadows;
  private final Map<String, AutoCloseable> names = new LinkedHashMap<>();
  private final Map<String, BackgroundCall> background = new LinkedHashMap<>();
  private final Map<String, Integer> created = new HashMap<>();
  private boolean unsettled;
  private int groupFlags;
  private long closedAt = System.nanoTime();

  /**
   * @param form how the transcript writes uevents down
   * @param parameters by module, what is given at every load besides what a step asks for
   */
  public Session(
      Host host,
      VfioUser vfio,
      Calls calls,
      Inbox.Form form,
      Map<String, Map<String, String>> parameters) {
    this.host = host;
    this.vfio = vfio;
    this.calls = calls;
    this.parameters = parameters;
    syscalls = new Syscalls(host);
    inbox = new Inbox(host.uevents(), form);
    aftermath = form == Inbox.Form.STRINGS ? new Aftermath(host, inbox) : null;
    bindings = new Bindings(syscalls);
    capacity = new Capacity(syscalls);
    capacity.look();
    shadows = new Shadows(host);
  }

  public Host host() {
    return host;
  }

  public Syscalls syscalls() {
    return syscalls;
  }

  public VfioUser vfio() {
    return vfio;
  }

  public Calls calls() {
    return calls;
  }

  public Normaliser normaliser() {
    return normaliser;
  }

  public Bindings bindings() {
    return bindings;
  }

  public Capacity capacity() {
    return capacity;
  }

  /** What the devices that were opened must be like now. */
  public Shadows shadows() {
    return shadows;
  }

  Inbox inbox() {
    return inbox;
  }

  /** The argument {@code path}, in this host's numbers. */
  public String path(Args args) {
    return normaliser.toHost(args.text("path"));
  }

  // Names.

  /** Lets {@code name} stand for an open file; what it stood for before is closed. */
  public void name(String name, AutoCloseable opened) {
    AutoCloseable before = names.put(name, opened);
    shadows.opened(opened);
    if (before != null) {
      closeNamed(before);
    }
  }

  /** What {@code name} stands for; {@code EBADF} if nothing, or something of another kind. */
  public <T> T handle(String name, Class<T> type) {
    AutoCloseable named = names.get(name);
    if (type.isInstance(named)) {
      return type.cast(named);
    }
    throw new ErrnoException(Errno.EBADF, "'" + name + "' is not open as what it is used for");
  }

  /** What {@code name} stands for, of whatever kind; null if nothing. */
  public @Nullable Object named(String name) {
    return names.get(name);
  }

  /** Closes what {@code name} stands for; {@code EBADF} if nothing. */
  public void close(String name) {
    AutoCloseable named = forget(name);
    closedAt = System.nanoTime();
    closeUnchecked(named);
  }

  /** Lets {@code name} stand for nothing, and gives what it stood for, to be closed elsewhere. */
  public AutoCloseable forget(String name) {
    AutoCloseable named = names.remove(name);
    if (named == null) {
      throw new ErrnoException(Errno.EBADF, "'" + name + "' is not open");
    }
    shadows.closed(named);
    return named;
  }

  /** Opens a file: of {@code /sys}, the container, or {@code /dev/null}. */
  public AutoCloseable open(String path, String flags) {
    return switch (path) {
      case "/dev/vfio/vfio" -> vfio.openContainer();
      case "/dev/null" -> new NullFile();
      default -> syscalls.open(path, flags);
    };
  }

  /** Opens a device with its group and container, as {@code name.d}, {@code .g} and {@code .c}. */
  public void openDevice(String uuid, String name) {
    VfioUser.Opened opened = vfio.open(uuid);
    name(name + ".c", opened.container());
    name(name + ".g", opened.group());
    name(name + ".d", opened.device());
  }

  /** Closes what is still open of a device that {@link #openDevice} opened. */
  public void closeDevice(String name) {
    for (String part : PARTS) {
      if (names.containsKey(name + part)) {
        close(name + part);
      }
    }
  }

  /** When something was closed last, in the time of {@link System#nanoTime}. */
  public long closedAt() {
    return closedAt;
  }

  // Modules.

  /** Loads a module with parameters as on a command line, and those that every load of it has. */
  public void insmod(String module, String given) {
    Map<String, String> values = new LinkedHashMap<>(parameters.getOrDefault(module, Map.of()));
    Arrays.stream(given.split("\\s+"))
        .filter(word -> !word.isEmpty())
        .forEach(
            word -> {
              int equals = word.indexOf('=');
              values.put(
                  equals < 0 ? word : word.substring(0, equals),
                  equals < 0 ? "" : word.substring(equals + 1));
            });
    host.modules().insmod(module, values);
    capacity.look();
  }

  // Calls in the background.

  /** Starts a call in the background and lets {@code name} stand for it. */
  public BackgroundCall inBackground(String name, Supplier<JsonNode> call) {
    BackgroundCall started = BackgroundCall.start("replay-" + name, call);
    background.put(name, started);
    return started;
  }

  /** The call in the background of that name; {@code EBADF} if there is none. */
  public BackgroundCall background(String name) {
    BackgroundCall call = background.get(name);
    if (call == null) {
      throw new ErrnoException(Errno.EBADF, "there is no call '" + name + "' in the background");
    }
    return call;
  }

  /** Whether a call in the background has not returned. */
  public boolean isSomebodyBlocked() {
    return background.values().stream().anyMatch(BackgroundCall::isRunning);
  }

  // What steps leave behind.

  /**
   * Counts a create that worked, among numbered ones of a series; the first starts a new series.
   */
  public int countCreated(String path, long nth, boolean worked) {
    if (nth == 1) {
      created.clear();
    }
    return created.merge(path, worked ? 1 : 0, Integer::sum);
  }

  /** The flags that the last GROUP_GET_STATUS told. */
  public int groupFlags() {
    return groupFlags;
  }

  public void groupFlags(int now) {
    groupFlags = now;
  }

  /**
   * Whether a race was replayed, whose traces in the recording are chance, until all instances are
   * back.
   */
  public boolean isUnsettled() {
    return unsettled;
  }

  public void unsettled(boolean now) {
    unsettled = now;
  }

  /** The machine is as it was when the recording began: nothing that happened before counts. */
  public void start() {
    inbox.drain();
    end();
  }

  /** Before a step and its hidden calls. */
  public void begin() {
    AutoCloseable leftOver = names.remove(RESULT);
    if (leftOver != null) {
      closeNamed(leftOver);
    }
  }

  /** Before a step's own calls. */
  public void look(Step step) {
    bindings.learn(inbox.takenSince());
    if (step.args().json().toString().contains("/unbind\"")) {
      bindings.lookBeforeUnbind();
    }
  }

  /**
   * Everything that is seen of a step that gave {@code result}.
   *
   * @param answers what would be right: as it was recorded, and as rules say
   */
  public Observation observe(Step step, JsonNode result, List<Observation> answers)
      throws InterruptedException {
    ArrayNode expected = step.recorded().uevents();
    boolean shared = expected != null && hasUnreportedCalls();
    Aftermath all = aftermath;
    if (all == null) {
      return Observation.of(result, inbox.take(expected == null ? 0 : expected.size(), shared));
    }
    boolean threads = traceWindow.isOpen();
    return all.collect(
        result,
        new Aftermath.Expected(
            answers,
            answer -> threads ? 0 : traceWindow.missing(answer.trace().size()),
            shared,
            !threads,
            patience(step)),
        eventfds());
  }

  /** Besides what the probe waited itself. */
  private static Duration patience(Step step) {
    Duration waited =
        step.args().has("waited_ms")
            ? Duration.ofMillis(step.args().number("waited_ms"))
            : Duration.ZERO;
    return LATE.plus(waited);
  }

  /** Where traces are told apart no more. */
  public TraceWindow traceWindow() {
    return traceWindow;
  }

  private Map<String, Eventfd> eventfds() {
    Map<String, Eventfd> open = new LinkedHashMap<>();
    names.forEach(
        (name, named) -> {
          if (named instanceof Eventfd eventfd) {
            open.put(name, eventfd);
          }
        });
    return open;
  }

  /** A uevent of this host as the transcript writes it down, in the recording's numbers. */
  public JsonNode writtenAsRecorded(Uevent event) {
    return inbox.written(
        new Uevent(
            event.action(),
            normaliser.toRecorded(event.devpath()),
            event.subsystem(),
            event.env().stream().map(normaliser::toRecorded).toList(),
            event.seqnum()));
  }

  /** After a step was judged, and after its hidden calls. */
  public void end() {
    bindings.learn(inbox.takenSince());
  }

  private boolean hasUnreportedCalls() {
    return background.values().stream().anyMatch(call -> !call.isReported());
  }

  /** Closes everything that is open, newest first, and waits a moment for calls to return. */
  @Override
  public void close() {
    List<AutoCloseable> open = new ArrayList<>(names.values());
    names.clear();
    open.reversed().forEach(Session::closeUnchecked);
    background.values().forEach(BackgroundCall::awaitEnd);
    if (aftermath != null) {
      aftermath.close();
    }
    inbox.close();
  }

  private void closeNamed(AutoCloseable opened) {
    shadows.closed(opened);
    closeUnchecked(opened);
  }

  private static void closeUnchecked(AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception failure) {
      throw failure instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(failure);
    }
  }
}
