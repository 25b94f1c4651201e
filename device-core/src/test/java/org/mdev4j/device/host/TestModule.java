package org.mdev4j.device.host;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A module whose parts a test gives. */
record TestModule(
    String name,
    Set<String> requires,
    List<Parameter> parameters,
    int apiVersion,
    Consumer<ModuleContext> loader)
    implements DriverModule {

  static TestModule of(String name, Consumer<ModuleContext> loader, String... requires) {
    return new TestModule(name, Set.of(requires), List.of(), API_VERSION, loader);
  }

  TestModule with(Parameter... taken) {
    return new TestModule(name, requires, List.of(taken), apiVersion, loader);
  }

  TestModule writtenFor(int version) {
    return new TestModule(name, requires, parameters, version, loader);
  }

  @Override
  public void load(ModuleContext context) {
    loader.accept(context);
  }
}
