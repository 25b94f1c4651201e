package org.mdev4j.device.host;

import java.util.List;
import java.util.Set;

/**
 * A loadable module: what {@code modprobe} loads. A vendor driver is one of these, provided in its
 * {@code module-info.java} and found by {@link java.util.ServiceLoader}.
 *
 * <p>An instance holds no state: one may be loaded on several hosts at once, and again after it was
 * unloaded. What a load makes goes into the context's scope, which the core closes at unload.
 */
public interface DriverModule {
  /** The version of this interface that {@link #apiVersion} answers by default. */
  int API_VERSION = 1;

  /** The module's name, as {@code modprobe} and {@code /sys/module} know it. */
  String name();

  /** One line for people. */
  default String description() {
    return "";
  }

  /** Names of the modules that must be loaded before; they can't be unloaded while this one is. */
  default Set<String> requires() {
    return Set.of();
  }

  /** The parameters that a load may set. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /** The version of this interface that the module was written for; another one is refused. */
  default int apiVersion() {
    return API_VERSION;
  }

  /**
   * Whether it is part of the machine rather than a module of its own, for example the simulator of
   * some hardware: it is loaded when the host starts, before any other, goes with the host, is not
   * in {@code /sys/module}, and requires nothing. What it provides every module can use.
   */
  default boolean builtIn() {
    return false;
  }

  /**
   * Brings the module to life on one host.
   *
   * @throws org.mdev4j.device.errno.ErrnoException to refuse; the context's scope is closed then,
   *     so nothing that was acquired stays
   */
  void load(ModuleContext context);
}
