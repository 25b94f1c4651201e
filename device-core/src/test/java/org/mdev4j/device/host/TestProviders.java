package org.mdev4j.device.host;

/**
 * Classes that a test names as providers; it defines them, and this one, in a loader of its own.
 */
public final class TestProviders {
  private TestProviders() {}

  /** Says its own class name. */
  public abstract static class Base implements DriverModule {
    @Override
    public String name() {
      return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void load(ModuleContext context) {}
  }

  /** A provider as it should be. */
  public static final class Good extends Base {}

  /** A class that is no module at all. */
  public static final class NoModule {}

  /** A provider that can't be made. */
  public static final class Explodes extends Base {
    public Explodes() {
      throw new IllegalStateException("out of order");
    }
  }

  /** A provider with a name that is none. */
  public static final class Misnamed extends Base {
    @Override
    public String name() {
      return "not a name!";
    }
  }
}
