package org.mdev4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.lang.ArchRule;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.testkit.architecture.DriverRules;
import org.mdev4j.testkit.architecture.ImportedModule;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;

@DisplayName("The README's driver in one screen")
class ReadmeExampleTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- example: (\\S+) -->\\s*```java\n(.*?)```", Pattern.DOTALL);
  private static final int SCREEN = 60;
  private static final String TYPES = "/sys/class/mdev_bus/pulse/mdev_supported_types/";

  @TempDir private Path work;

  @Test
  @DisplayName("compiles, fits on a screen, and does what the text says")
  void compilesAndRuns() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../../README.md")));
    assertThat(example.find()).as("the README has a marked example").isTrue();
    String source = example.group(2);
    assertThat(source.lines().count()).isLessThanOrEqualTo(SCREEN);
    compile(example.group(1), source);
    URL[] classes = {work.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass(example.group(1));
      for (ArchRule rule : DriverRules.all()) {
        rule.check(ImportedModule.of(2, type));
      }
      Object driver = type.getConstructor().newInstance();
      try (Host host =
          Host.builder()
              .withoutDiscovery()
              .module(new VfioModule())
              .module(new Type1Module())
              .module(new MdevModule())
              .module((DriverModule) driver)
              .start()) {
        host.modules().modprobe("vfio_iommu_type1");
        host.modules().modprobe("pulse");
        use(host);
        host.modules().rmmod("pulse");
        assertThat(host.service(Mdev.class).deviceCount()).isZero();
      }
    }
  }

  private void compile(String name, String source) throws Exception {
    Path file = work.resolve(name.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    String path = System.getProperty("java.class.path");
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", work.toString(), "-classpath", path),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
  }

  private static void use(Host host) throws Exception {
    String uuid = UUID.randomUUID().toString();
    Path type = host.path(TYPES + "pulse-counter");
    Files.writeString(type.resolve("create"), uuid, StandardOpenOption.WRITE);
    assertThat(Files.readString(type.resolve("available_instances"))).isEqualTo("1\n");
    String group = host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name();
    Vfio vfio = host.service(Vfio.class);
    EventCounter pulses = new EventCounter();
    try (Arena arena = Arena.ofConfined();
        Container container = vfio.openContainer("test");
        GroupFile file = vfio.openGroup(Integer.parseInt(group), "test")) {
      file.setContainer(container);
      container.setIommu(3);
      try (DeviceFile device = file.openDevice(uuid)) {
        int flags = IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER;
        device.setIrqs(new IrqSet(24, flags, 0, 0, 1, new byte[0], List.of(() -> pulses)));
        MemorySegment register = arena.allocate(ValueLayout.JAVA_INT);
        device.write(0, register);
        device.write(0, register);
        device.read(0, register);
        assertThat(register.get(ValueLayout.JAVA_INT, 0)).isEqualTo(2);
        assertThat(pulses.take()).isEqualTo(2);
      }
    }
    Files.writeString(
        type.resolve("create"), UUID.randomUUID().toString(), StandardOpenOption.WRITE);
    assertThatThrownBy(
            () ->
                Files.writeString(
                    type.resolve("create"), UUID.randomUUID().toString(), StandardOpenOption.WRITE))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("EUSERS");
  }
}
