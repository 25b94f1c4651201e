package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * The real device for exploring interleavings: on a scripted subchannel, with a user whose memory
 * only counts pins. The work queue is what it is on a host, one piece of work at a time in order;
 * whichever thread has nothing else to do does the work.
 *
 * <p>Made inside the explored code, one for each interleaving.
 */
final class LincheckBench {
  static final String WELL = "well";

  /** How many interleavings are explored, of the device and of one with a planted bug. */
  private static final int INTERLEAVINGS = 60;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final ScriptedSubchannel subchannel = new ScriptedSubchannel();
  final EventCounter io = new EventCounter();
  final EventCounter req = new EventCounter();
  final AtomicInteger pins = new AtomicInteger();
  final CcwDevice device;
  private @Nullable Interrupts interrupts;
  private volatile Runnable whenRequested = () -> {};
  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();

  /** The device as it is. */
  LincheckBench() {
    this(StatusDelivery::new, Requests::new, Lifecycle::new);
  }

  /** A device one part of which is made otherwise: with a planted bug. */
  LincheckBench(
      BiFunction<DeviceState, WorkQueue, StatusDelivery> deliveries,
      BiFunction<DeviceState, StatusDelivery, Requests> requests,
      BiFunction<DeviceState, StatusDelivery, Lifecycle> lifecycles) {
    HostServices host =
        new HostServices(Outside.HOST.memory(), new HaltingClock(), Outside.HOST.tracing());
    WorkQueue queue = new WorkQueue("test", work::add);
    DeviceState state = new DeviceState(subchannel, host);
    StatusDelivery delivery = deliveries.apply(state, queue);
    device =
        new CcwDevice(
            state,
            queue,
            delivery,
            requests.apply(state, delivery),
            lifecycles.apply(state, delivery));
  }

  static LincheckBench withDelivery(BiFunction<DeviceState, WorkQueue, StatusDelivery> planted) {
    return new LincheckBench(planted, Requests::new, Lifecycle::new);
  }

  static LincheckBench withRequests(BiFunction<DeviceState, StatusDelivery, Requests> planted) {
    return new LincheckBench(StatusDelivery::new, planted, Lifecycle::new);
  }

  static LincheckBench withLifecycle(BiFunction<DeviceState, StatusDelivery, Lifecycle> planted) {
    return new LincheckBench(StatusDelivery::new, Requests::new, planted);
  }

  /** A clock on which a halt is answered while somebody waits, and nobody waits for long. */
  private final class HaltingClock implements HostClock {
    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
      subchannel.present(device, irb(Scsw.HALT | Scsw.PENDING, 0));
      action.run();
      return () -> {};
    }
  }

  private static Irb irb(int word0, int word2) {
    return Irb.of(new Scsw(word0, 0, word2), 0x80, new byte[0]);
  }

  /**
   * A host that lends memory and tracepoints. It is made before the exploring begins, so what it
   * does is one step, and not explored.
   */
  private static final class Outside {
    static final Host HOST = Host.builder().withoutDiscovery().start();
  }

  /**
   * Explores {@code first} against {@code second}, two methods of {@code device}, and then asks it
   * for its {@code verdict}, which has to be {@value #WELL}.
   */
  static void explore(Class<?> device, String first, String second) {
    explore(device, first, second, INTERLEAVINGS);
  }

  /** The same for a scenario whose every interleaving takes long: so many of them. */
  static void explore(Class<?> device, String first, String second, int interleavings) {
    check(device, first, second, interleavings * Integer.getInteger("interleavings.factor", 1));
  }

  /** Asserts that exploring as many interleavings finds a planted bug. */
  static void find(Class<?> device, String first, String second) {
    find(device, first, second, INTERLEAVINGS);
  }

  /** The same for a scenario whose every interleaving takes long. */
  static void find(Class<?> device, String first, String second, int interleavings) {
    assertThatThrownBy(() -> explore(device, first, second, interleavings))
        .isInstanceOf(LincheckAssertionError.class)
        // Not that it took too long.
        .hasMessageContaining("Invalid execution results");
  }

  private static void check(Class<?> device, String first, String second, int interleavings) {
    // Interleavings in which a planted bug was found have left some.
    int before = Outside.HOST.memory().inUse();
    runInTurn(device, first, second);
    check(Outside.HOST.memory().inUse() == before, "buffers are left");
    new ModelCheckingOptions()
        .iterations(0)
        .invocationsPerIteration(interleavings)
        .minimizeFailedScenario(false)
        // On a busy machine one interleaving may take longer than Lincheck's 10 s.
        .invocationTimeout$lincheck(PATIENCE.toMillis())
        .sequentialSpecification(Expected.class)
        .addCustomScenario(
            new ExecutionScenario(
                List.of(),
                List.of(List.of(actor(device, first)), List.of(actor(device, second))),
                List.of(actor(device, "verdict")),
                null))
        .check(device);
  }

  /**
   * One after the other all is well. It also links the code, so that exploring it explores it only.
   */
  private static void runInTurn(Class<?> device, String first, String second) {
    try {
      Object made = device.getConstructor().newInstance();
      var _ = device.getMethod(first).invoke(made);
      var _ = device.getMethod(second).invoke(made);
      Object verdict = device.getMethod("verdict").invoke(made);
      check(WELL.equals(verdict), "one after the other: " + verdict);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Actor actor(Class<?> device, String method) {
    try {
      return new Actor(device.getMethod(method), List.of());
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What every device is to look like: whatever happens, all is well in the end. */
  public static final class Expected {
    public void close() {}

    public void interrupt() {}

    public void present() {}

    public void reset() {}

    public void resetToo() {}

    public void start() {}

    public void open() {}

    public void publish() {}

    public void unplug() {}

    public void unmap() {}

    public void shutdown() {}

    public void work() {}

    public void read() {}

    public String verdict() {
      return WELL;
    }
  }

  void open() {
    Interrupts its = new Interrupts(device.irqs(), new WorkQueue("listeners", work::add));
    interrupts = its;
    DeviceDma dma = new CountedPins(pins);
    device.open(
        new DeviceContext() {
          @Override
          public DeviceDma dma() {
            return dma;
          }

          @Override
          public Interrupts interrupts() {
            return its;
          }
        });
    trigger(its, CcwDevice.IO_IRQ, io);
    trigger(its, CcwDevice.REQUEST_IRQ, this::requested);
  }

  private void requested() {
    req.signal();
    whenRequested.run();
  }

  private static void trigger(Interrupts interrupts, int index, Trigger eventfd) {
    interrupts.set(
        new IrqSet(
            24,
            IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
            index,
            0,
            1,
            new byte[0],
            List.of(() -> eventfd)));
  }

  /** Does {@code action} when the device is wanted back, in the thread that wants it. */
  void whenRequested(Runnable action) {
    whenRequested = action;
  }

  /** The user goes, as VFIO closes a device: what is signalled from now on goes nowhere. */
  void close() {
    device.close();
    Interrupts ended = interrupts;
    if (ended != null) {
      ended.disableAll();
    }
  }

  /** Starts a program that reads a page; "ok" or the errno. */
  String start() {
    return write(0, CcwUser.request(CcwUser.orb(0x1000), Scsw.START));
  }

  String reset() {
    return outcome(device::reset);
  }

  /** The user takes back the page that the program works on. */
  void unmap() {
    device.dmaUnmap(0x2000, 0x1000);
  }

  /** The hardware loses the device, and reports that. */
  void unplug() {
    subchannel.vanish();
    device.checkPresence();
  }

  private String write(int region, byte[] bytes) {
    Region.WholeAccess access = ((Region.Whole) device.region(region)).access();
    return outcome(
        () -> {
          long _ = access.write(0, UserBuffer.of(MemorySegment.ofArray(bytes)));
        });
  }

  static String outcome(Runnable call) {
    try {
      call.run();
      return "ok";
    } catch (ErrnoException refusal) {
      return refusal.errno().name();
    }
  }

  /** Whether the I/O region looks as nobody has used it. */
  boolean regionIsClean() {
    byte[] bytes = new byte[CcwUser.IO_SIZE];
    Region.WholeAccess access = ((Region.Whole) device.region(0)).access();
    long _ = access.read(0, UserBuffer.of(MemorySegment.ofArray(bytes)));
    return Arrays.equals(bytes, new byte[CcwUser.IO_SIZE]);
  }

  /** The program ends, as far as the hardware is concerned, if it still runs. */
  void presentEnd() {
    subchannel.lock().lock();
    try {
      if (subchannel.isActive()) {
        subchannel.present(device, irb(0x4007, 0x0C000000));
      }
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** Does the work that there is. */
  void work() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
