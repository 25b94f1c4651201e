package org.mdev4j.testkit.host;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.mdev4j.device.host.DriverModule;

/**
 * Gives each test a fresh host with the driver loaded, and checks after each that nothing of it is
 * left ({@link TestHost#close}).
 *
 * {@snippet :
 * class PulseTest {
 *   @RegisterExtension
 *   static final HostExtension HOSTS = HostExtension.of(new PulseModule());
 *
 *   @Test
 *   void counts(TestHost host) {
 *     try (DeviceUser user = host.openNew("pulse-counter")) {
 *       user.write32(user.at(0, 0), 1);
 *       assertThat(user.read32(user.at(0, 0))).isEqualTo(1);
 *     }
 *   }
 * }
 * }
 *
 * <p>Stateless: a host belongs to one test.
 */
public final class HostExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(HostExtension.class);

  private final Supplier<DriverSetup> setup;

  private HostExtension(Supplier<DriverSetup> setup) {
    this.setup = setup;
  }

  /** Hosts with a driver that needs nothing but a plain machine. */
  public static HostExtension of(DriverModule driver) {
    return of(DriverSetup.of(driver));
  }

  /** Hosts as {@code setup} says. */
  public static HostExtension of(DriverSetup setup) {
    return of(() -> setup);
  }

  /** Hosts as {@code setup} says, which is asked before each test. */
  public static HostExtension of(Supplier<DriverSetup> setup) {
    return new HostExtension(setup);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    store(context).put(TestHost.class, TestHost.start(setup.get()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestHost host = store(context).remove(TestHost.class, TestHost.class);
    if (host != null) {
      host.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestHost.class;
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return store(context).get(TestHost.class);
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }
}
