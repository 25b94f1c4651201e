package org.mdev4j.testkit.contract;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.mdev.MdevType;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.model.DeviceApi;

/** A driver of {@link Gadget}s with one flaw, or none. */
final class GadgetModule implements DriverModule {
  private static final int LIMIT = 4;
  private static final int OWN_LIMIT = 2;

  private final Flaw flaw;

  GadgetModule(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public String name() {
    return "gadget";
  }

  @Override
  public Set<String> requires() {
    return Set.of("vfio", "mdev");
  }

  @Override
  public void load(ModuleContext context) {
    Mdev mdev = context.service(Mdev.class);
    DeviceClass gadgets = context.scope().own(context.devices().declareClass("gadget"));
    GadgetDriver driver = new GadgetDriver(context);
    mdev.registerDriver(context, driver);
    Scope scope = flaw == Flaw.PARENT_IN_NO_SCOPE ? new Scope("gadget's own") : context.scope();
    Device parent = context.devices().add(DeviceSpec.named("gadget").in(gadgets), scope);
    String name = flaw == Flaw.NAME_OF_TWO_LINES ? "Gadget\nfor tests" : "Gadget for tests";
    mdev.registerParent(
        scope,
        parent,
        driver,
        InstanceLimit.perParent(LIMIT),
        List.of(
            MdevType.named(flaw == Flaw.BLANK_IN_TYPE ? "small one" : "small", name)
                .describedAs("a gadget"),
            MdevType.named("big", name)));
  }

  private static void fail() {
    throw new IllegalStateException(Gadget.BROKEN);
  }

  private final class GadgetDriver implements MdevDriver {
    private final ModuleContext context;
    private final AtomicInteger count = new AtomicInteger();
    private final WorkQueue work;
    private final byte[] shared = new byte[Gadget.STORAGE];
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private GadgetDriver(ModuleContext context) {
      this.context = context;
      work = context.workQueue("gadget");
    }

    @Override
    public String name() {
      return "gadget";
    }

    @Override
    public DeviceApi deviceApi() {
      return DeviceApi.PLATFORM;
    }

    @Override
    public MdevModel probe(MdevDevice mdev, Scope scope) {
      if (flaw == Flaw.REMEMBERS_UUIDS && !seen.add(mdev.name())) {
        throw new ErrnoException(Errno.EEXIST, "gadget has seen " + mdev.name());
      }
      if (flaw == Flaw.COUNTS_ITSELF) {
        if (count.get() == OWN_LIMIT) {
          throw new ErrnoException(Errno.EUSERS, "create refused by gadget");
        }
        count.incrementAndGet();
        scope.onClose(count::decrementAndGet);
      }
      if (flaw == Flaw.SCOPE_ACTION_THROWS) {
        scope.onClose(GadgetModule::fail);
      }
      if (flaw == Flaw.WORK_THROWS) {
        var _ = work.submit(GadgetModule::fail);
      }
      acquire(scope);
      Published<Gadget> slot = new Published<>();
      byte[] registers = flaw == Flaw.SHARED_REGISTERS ? shared : new byte[Gadget.STORAGE];
      Gadget gadget = new Gadget(flaw, context, work, slot, registers, scope);
      return MdevModel.of(gadget).publishedIn(slot, gadget);
    }

    private void acquire(Scope scope) {
      HostBuffer program = context.memory().allocate(64, 8);
      try {
        if (flaw == Flaw.LEAKS_IN_PROBE) {
          scope.onClose(() -> {});
        }
        scope.own(program);
      } catch (ErrnoException failure) {
        if (flaw != Flaw.SWALLOWS_FAILURES) {
          throw failure;
        }
      }
    }
  }
}
