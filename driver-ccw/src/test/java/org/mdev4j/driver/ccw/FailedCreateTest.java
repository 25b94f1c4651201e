package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.Crw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.driver.ccw.bus.SubchannelDriver;
import org.mdev4j.driver.ccw.bus.Subchannels;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.Publication;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.model.DeviceApi;

@DisplayName("ccw 1.2, series row 2: a create that fails half way leaves nothing")
class FailedCreateTest {
  private UnaryOperator<MdevModel> fault = UnaryOperator.identity();
  private final CcwHost host = new CcwHost(new FaultyModule());

  /** The driver's module, as it is, but for a fault that a test switches on. */
  private final class FaultyModule implements DriverModule {
    @Override
    public String name() {
      return SubchannelDriver.NAME;
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio", "mdev");
    }

    @Override
    public void load(ModuleContext context) {
      Subchannels subchannels = new Subchannels();
      Mdev mdev = context.service(Mdev.class);
      Faulty devices = new Faulty(new CcwMdevDriver(subchannels, context));
      mdev.registerDriver(context, devices);
      context
          .service(ChannelSubsystem.class)
          .registerDriver(context, new SubchannelDriver(mdev, devices, subchannels));
    }
  }

  private final class Faulty implements MdevDriver {
    private final MdevDriver real;

    Faulty(MdevDriver real) {
      this.real = real;
    }

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public DeviceApi deviceApi() {
      return real.deviceApi();
    }

    @Override
    public MdevModel probe(MdevDevice mdev, Scope scope) {
      return fault.apply(real.probe(mdev, scope));
    }
  }

  @AfterEach
  void close() {
    host.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            "when the device model has been built",
            Errno.ENOMEM,
            model -> {
              throw new ErrnoException(Errno.ENOMEM, "thrown by a test");
            }),
        fault(
            "when it has been built, for lack of memory",
            Errno.ENOMEM,
            model -> {
              throw new OutOfMemoryError("thrown by a test");
            }),
        fault(
            "when it is published: somebody else is there",
            Errno.EBUSY,
            model -> {
              Publication<?> taken = model.publications().getFirst();
              return new MdevModel(model.device(), model.attributes(), List.of(taken, taken));
            }),
        fault(
            "when it is registered and published: an attribute can't be made",
            Errno.EEXIST,
            model -> model.withAttributes("", Attribute.readOnly("remove", () -> "mine"))));
  }

  private static Arguments fault(String when, Errno errno, UnaryOperator<MdevModel> fault) {
    return Arguments.of(when, errno, fault);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faults")
  @DisplayName("9.5: the instance is given back, nothing is registered or published")
  void fails(String when, Errno errno, UnaryOperator<MdevModel> itsFault) {
    host.bind(0);
    fault = itsFault;
    assertErrno(errno, () -> host.create(0));
    assertThat(host.available(0)).isOne();
    assertThat(host.host.service(Vfio.class).deviceCount()).isZero();
    assertThat(host.host.path("/sys/bus/mdev/devices")).isEmptyDirectory();
    host.panel().device(CcwHost.DISK).present(0x80);
    host.css().inject(Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, 0));
    host.css().settle();
    assertThat(host.trace()).as("no callback finds a device").isEmpty();
    fault = UnaryOperator.identity();
    try (CcwUser user = host.open(host.create(0))) {
      assertThat(host.state(user)).isEqualTo("IDLE");
    }
  }
}
