package org.mdev4j.testkit.host;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Machine;

/**
 * What a driver needs to be tried: its module, the parameters, the machine, and what has to be done
 * until there is a parent with types.
 *
 * @param driver the module under test
 * @param parameters for its load
 * @param machine the hardware that there is; simulators are found by the service loader
 * @param preparation done after the load, for example binding a device of the hardware to the
 *     driver; unloading the module must undo it
 * @param beforeOpen done to a group before its device is opened
 * @param limits how long the test waits for the driver
 */
public record DriverSetup(
    DriverModule driver,
    Map<String, String> parameters,
    Machine machine,
    Consumer<TestHost> preparation,
    GroupPreparation beforeOpen,
    Limits limits) {
  public DriverSetup {
    parameters = Map.copyOf(parameters);
  }

  /** A driver that needs nothing but a plain machine. */
  public static DriverSetup of(DriverModule driver) {
    return new DriverSetup(
        driver, Map.of(), Machine.plain(), _ -> {}, (_, _, _) -> {}, Limits.DEFAULT);
  }

  /** The same with a parameter more. */
  public DriverSetup with(String parameter, String value) {
    Map<String, String> more = new HashMap<>(parameters);
    more.put(parameter, value);
    return new DriverSetup(driver, more, machine, preparation, beforeOpen, limits);
  }

  /** The same on other hardware. */
  public DriverSetup on(Machine hardware) {
    return new DriverSetup(driver, parameters, hardware, preparation, beforeOpen, limits);
  }

  /** The same with something to be done after the load. */
  public DriverSetup prepared(Consumer<TestHost> action) {
    return new DriverSetup(driver, parameters, machine, action, beforeOpen, limits);
  }

  /** The same with something to be done to a group before its device is opened. */
  public DriverSetup beforeOpen(GroupPreparation action) {
    return new DriverSetup(driver, parameters, machine, preparation, action, limits);
  }

  /** Returns the same setup with another limit for steps that must end by themselves. */
  public DriverSetup within(Duration time) {
    return within(limits.withEnd(time));
  }

  /** Returns the same setup with other limits. */
  public DriverSetup within(Limits others) {
    return new DriverSetup(driver, parameters, machine, preparation, beforeOpen, others);
  }
}
