package org.mdev4j.driver.ccw;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.TraceEvent;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.sim.css.CssPanel;
import org.mdev4j.sim.css.SimulatedDevice;

/**
 * A host with a channel subsystem and the driver loaded, its time in the test's hand. Closing it
 * checks that nothing of anybody's memory is left on the host.
 */
public final class CcwHost implements AutoCloseable {
  /** How long a test waits for what must happen. */
  public static final Duration LIMIT = Duration.ofSeconds(30);

  /** Number of the disk, a fixed-block one, behind subchannel 0.0.0000 with paths 20 and 21. */
  public static final int DISK = 0x0120;

  private static final String SUBCHANNELS = "/sys/bus/css/devices/";

  private static final String MACHINE =
      """
      {"subchannels": [
         {"number": "0000", "device": "0120", "chpids": ["20", "21"], "kind": "fba"},
         {"number": "0001", "device": "0009", "chpids": ["20"], "kind": "3215"},
         {"number": "0002", "device": "0200", "chpids": ["20"], "kind": "test",
          "commands": {"02": {"data": "0102030405060708"}, "01": {},
                       "0A": {"data": "11", "delayMillis": 1000},
                       "12": {"data": "22", "delayMillis": 1000, "channelEndFirst": true}}},
         {"number": "0003", "device": "0300", "chpids": ["20"], "qdio": true, "kind": "test"}]}
      """;

  public final ManualClock clock = new ManualClock();
  public final Host host;
  private final List<TraceEvent> trace = new CopyOnWriteArrayList<>();
  private final int buffers;
  private int created;

  /** The machine above. */
  public CcwHost() {
    this(MACHINE);
  }

  /** A machine of one's own, as JSON. */
  public CcwHost(String machine) {
    this(machine, new VfioCcwModule());
  }

  /** The machine above, with another module in place of the driver's. */
  public CcwHost(DriverModule driver) {
    this(MACHINE, driver);
  }

  private CcwHost(String machine, DriverModule driver) {
    host =
        Host.builder().machine(CssMachines.of("test", machine)).clock(clock).module(driver).start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("vfio_ccw");
    var _ = host.tracing().listen(trace::add);
    css().settle();
    buffers = host.memory().inUse();
  }

  public ChannelSubsystem css() {
    return host.service(ChannelSubsystem.class);
  }

  public CssPanel panel() {
    return host.service(CssPanel.class);
  }

  public Subchannel subchannel(int number) {
    Subchannel found = css().subchannel(new SubchannelId(0, number));
    if (found == null) {
      throw new AssertionError("there is no subchannel " + number);
    }
    return found;
  }

  /** Gives a subchannel to the driver. */
  public void bind(int number) {
    String busId = new SubchannelId(0, number).busId();
    write(SUBCHANNELS + busId + "/driver_override", "vfio_ccw");
    if (Files.exists(host.path(SUBCHANNELS + busId + "/driver"))) {
      write(SUBCHANNELS + busId + "/driver/unbind", busId);
    }
    write("/sys/bus/css/drivers/vfio_ccw/bind", busId);
  }

  /** Creates the mediated device of a subchannel that is bound; its UUID. */
  public String create(int number) {
    String uuid = uuid(created++);
    write(type(number) + "/create", uuid);
    return uuid;
  }

  /** One of many UUIDs. */
  public static String uuid(int number) {
    return new UUID(0x4000, 0x8000000000000000L + number).toString();
  }

  public String type(int number) {
    return SUBCHANNELS + new SubchannelId(0, number).busId() + "/mdev_supported_types/vfio_ccw-io";
  }

  public int available(int number) {
    return Integer.parseInt(read(type(number) + "/available_instances"));
  }

  public void remove(String uuid) {
    write("/sys/bus/mdev/devices/" + uuid + "/remove", "1");
  }

  /** Binds a subchannel, creates its device and opens it. */
  public CcwUser open(int number) {
    bind(number);
    return open(create(number));
  }

  public CcwUser open(String uuid) {
    return new CcwUser(this, uuid);
  }

  /** The events that the state machines have seen, each as {@code EVENT in STATE}. */
  public List<String> trace() {
    List<String> seen =
        trace.stream()
            .map(event -> event.fields().get("event") + " in " + event.fields().get("state"))
            .toList();
    trace.clear();
    return seen;
  }

  /** The state that an open device is in; found out by a command that there is not. */
  public String state(CcwUser user) {
    css().settle();
    trace.clear();
    try {
      user.command(0);
      throw new AssertionError("command 0 was taken");
    } catch (ErrnoException expected) {
      return trace.getLast().fields().getOrDefault("state", "?");
    }
  }

  /** The subchannel as STORE SUBCHANNEL finds it. */
  public Schib schib(int number) {
    Schib stored = subchannel(number).stsch();
    if (stored == null) {
      throw new AssertionError("subchannel " + number + " is not operational");
    }
    return stored;
  }

  public boolean isEnabled(int number) {
    return schib(number).pmcw().has(Pmcw.ENABLED);
  }

  /** Takes a subchannel from the driver; blocks while somebody has its device open. */
  public void unbind(int number) {
    String busId = new SubchannelId(0, number).busId();
    write("/sys/bus/css/drivers/vfio_ccw/unbind", busId);
  }

  /** The machine goes down. */
  public void shutdown() {
    host.devices().shutdown();
  }

  /** Waits until a subchannel was unregistered and found anew. */
  public void awaitReplaced(Subchannel before) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              Subchannel now = css().subchannel(before.id());
              return now != null && now != before && exists(SUBCHANNELS + before.id().busId());
            });
  }

  /** Waits until a subchannel is no longer on the bus. */
  public void awaitUnregistered(Subchannel gone) {
    await().atMost(LIMIT).until(() -> css().subchannel(gone.id()) != gone);
  }

  /** Does {@code action} in a thread of its own. */
  public static CompletableFuture<Void> inBackground(Runnable action) {
    return CompletableFuture.runAsync(action, task -> Thread.ofPlatform().daemon().start(task));
  }

  /** Waits until what goes on in the background has ended; what it threw comes out. */
  public static void join(CompletableFuture<Void> background) {
    try {
      background.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new AssertionError(failure.getCause());
    }
  }

  /** Waits until somebody waits for the time to pass. */
  public void awaitTimer() {
    await().atMost(LIMIT).until(() -> clock.timers() > 0);
  }

  public boolean exists(String file) {
    return Files.exists(host.path(file));
  }

  public String read(String file) {
    try {
      return Files.readString(host.path(file)).strip();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** Writes to a file of the tree; a refusal comes out as it is. */
  public void write(String file, String text) {
    Path path = host.path(file);
    try {
      Files.writeString(path, text, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      if (failure.getCause() instanceof ErrnoException refusal) {
        throw refusal;
      }
      throw new AssertionError(failure.getMessage(), failure);
    }
  }

  /** Waits until nothing is pinned or allocated for any program. */
  public void awaitNothingPinned() {
    await().atMost(LIMIT).until(() -> host.memory().inUse() == buffers);
  }

  @Override
  public void close() {
    panel().devices().forEach(SimulatedDevice::release);
    awaitNothingPinned();
    host.close();
  }
}
