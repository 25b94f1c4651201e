package org.mdev4j.device.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.TestProviders.Explodes;
import org.mdev4j.device.host.TestProviders.Good;
import org.mdev4j.device.host.TestProviders.Misnamed;
import org.mdev4j.device.host.TestProviders.NoModule;

class FoundModuleTest {
  @TempDir Path folder;

  private static FoundModule module(String name) {
    return FoundModule.of(TestModule.of(name, context -> {}));
  }

  @Test
  void aGoodModuleIsTakenAsItIs() {
    TestModule mtty = TestModule.of("vfio_ccw-2", context -> {});

    FoundModule found = FoundModule.of(mtty);

    assertThat(found.name()).isEqualTo("vfio_ccw-2");
    assertThat(found.module()).isSameAs(mtty);
    assertThat(found.refusal()).isNull();
    assertThat(found.from()).contains(TestModule.class.getName());
  }

  @Test
  void aModuleOfAnotherApiVersionIsRefusedNamingBoth() {
    FoundModule found = FoundModule.of(TestModule.of("mtty", context -> {}).writtenFor(99));

    assertThat(found.module()).isNull();
    assertThat(found.name()).isEqualTo("mtty");
    assertThat(found.refusal()).contains("99").contains("" + DriverModule.API_VERSION);
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    for (String name : List.of("", "a b", "../x", "a/b", "ä")) {
      FoundModule found = module(name);

      assertThat(found.module()).as(name).isNull();
      assertThat(found.refusal()).isEqualTo("'" + name + "' is not a module name");
    }
  }

  @Test
  void aModuleThatBreaksWhenItIsAskedIsRefusedWithTheReason() {
    FoundModule unnamed = FoundModule.of(new Broken(new IllegalStateException("no idea")));
    FoundModule old = FoundModule.of(new Broken(new AbstractMethodError("name()")));

    assertThat(unnamed.name()).isEqualTo("Broken");
    assertThat(unnamed.module()).isNull();
    assertThat(unnamed.refusal()).contains("no idea");
    assertThat(old.module()).isNull();
    assertThat(old.refusal()).contains("AbstractMethodError").contains("name()");
  }

  private record Broken(Throwable failure) implements DriverModule {
    @Override
    public String name() {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }

    @Override
    public void load(ModuleContext context) {}
  }

  @Test
  void ofTwinsTheSecondIsRefused() {
    List<FoundModule> found =
        FoundModule.unique(List.of(module("mtty"), module("a b"), module("mdpy"), module("mtty")));

    assertThat(found).extracting(FoundModule::name).containsExactly("mtty", "a b", "mdpy", "mtty");
    assertThat(found.get(0).module()).isNotNull();
    assertThat(found.get(2).module()).isNotNull();
    assertThat(found.get(3).module()).isNull();
    assertThat(found.get(3).refusal()).contains("of this name").contains("TestModule");
  }

  @Test
  void aHostReportsWhatItRefusesAndGoesOn() {
    TestModule first = TestModule.of("twin", context -> {});
    try (Host host =
        Host.builder()
            .withoutDiscovery()
            .module(TestModule.of("old", context -> {}).writtenFor(0))
            .module(first)
            .module(TestModule.of("twin", context -> {}))
            .module(TestModule.of("mtty", context -> {}))
            .start()) {
      assertThat(host.modules().found())
          .extracting(found -> found.name() + " " + (found.module() != null))
          .containsExactly("mtty true", "old false", "twin true", "twin false");
      assertRefused(Errno.ENOENT, () -> host.modules().modprobe("old"))
          .hasMessageContaining("can't be loaded")
          .hasMessageContaining("version 0");
      host.modules().modprobe("mtty");
      host.modules().modprobe("twin");
      assertThat(host.modules().loaded("twin").module()).isSameAs(first);
    }
  }

  @Test
  void providersThatBreakAreReportedAndTheOthersGoOn() throws IOException {
    List<FoundModule> found =
        discover(
            "org.example.Missing",
            NoModule.class.getName(),
            Explodes.class.getName(),
            Misnamed.class.getName(),
            Good.class.getName());

    assertThat(found.stream().map(FoundModule::refusal).filter(reason -> reason != null))
        .hasSize(4)
        .anySatisfy(reason -> assertThat(reason).contains("org.example.Missing"))
        .anySatisfy(reason -> assertThat(reason).contains("NoModule"))
        .anySatisfy(reason -> assertThat(reason).contains("out of order"))
        .anySatisfy(reason -> assertThat(reason).contains("not a name!"));
    assertThat(found)
        .filteredOn(module -> module.module() != null)
        .extracting(FoundModule::name)
        .containsExactly("good");
  }

  @Test
  void whatIsGivenByHandGoesBeforeWhatIsDiscovered() throws IOException {
    TestModule byHand = TestModule.of("good", context -> {});
    with(
        List.of(Good.class.getName()),
        () -> {
          try (Host host = Host.builder().module(byHand).start()) {
            host.modules().modprobe("good");
            assertThat(host.modules().loaded("good").module()).isSameAs(byHand);
            assertThat(host.modules().found())
                .filteredOn(found -> found.name().equals("good"))
                .extracting(FoundModule::refusal)
                .satisfiesExactly(
                    reason -> assertThat(reason).isNull(),
                    reason -> assertThat(reason).contains("of this name"));
          }
        });
  }

  private List<FoundModule> discover(String... providers) throws IOException {
    java.util.concurrent.atomic.AtomicReference<List<FoundModule>> found =
        new java.util.concurrent.atomic.AtomicReference<>();
    with(List.of(providers), () -> found.set(FoundModule.all()));
    return found.get();
  }

  /** Runs {@code action} where the service loader finds {@code providers}, outside any module. */
  private void with(List<String> providers, Runnable action) throws IOException {
    Path services =
        Files.writeString(folder.resolve("services"), String.join("\n", providers), UTF_8);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(new Providers(services.toUri()));
    try {
      action.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Defines the providers of this test once more, in a loader of their own. */
  private static final class Providers extends ClassLoader {
    private static final Set<String> OWN =
        java.util.stream.Stream.of(
                TestProviders.class,
                TestProviders.Base.class,
                NoModule.class,
                Explodes.class,
                Misnamed.class,
                Good.class)
            .map((Function<Class<?>, String>) Class::getName)
            .collect(Collectors.toSet());
    private final URI services;

    Providers(URI services) {
      super(FoundModuleTest.class.getClassLoader());
      this.services = services;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!OWN.contains(name)) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
      try (InputStream in = FoundModuleTest.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException failure) {
        throw new ClassNotFoundException(name, failure);
      }
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals("META-INF/services/" + DriverModule.class.getName())
          ? Collections.enumeration(List.of(services.toURL()))
          : super.getResources(name);
    }
  }
}
