package org.mdev4j.replay.shadow;

/**
 * One sample device: its state now, after what the probe did to it. Not thread-safe: it belongs to
 * the thread that replays.
 */
public final class Shadow {
  private final Model model;
  private final Object identity;
  private final ConfigShadow config;
  private final DisplayShadow display;
  private final IrqShadow irqs = new IrqShadow();
  private MemoryShadow memory;
  private int users;
  private int mappedFromStart;
  private boolean changed;
  private boolean reopened;
  private boolean reset;
  private boolean toldOf;

  Shadow(Model model, Object identity) {
    this.model = model;
    this.identity = identity;
    config = new ConfigShadow(model.registers());
    display = new DisplayShadow(model);
    memory = new MemoryShadow(model);
  }

  public Model model() {
    return model;
  }

  public ConfigShadow config() {
    return config;
  }

  public MemoryShadow memory() {
    return memory;
  }

  public DisplayShadow display() {
    return display;
  }

  public IrqShadow irqs() {
    return irqs;
  }

  /** Whether it was changed by a user, closed by the last one, and opened by another one. */
  public boolean isReopened() {
    return reopened;
  }

  /** Whether it was reset after a user had changed it. */
  public boolean isReset() {
    return reset;
  }

  /** Whether GET_INFO was called since it was created. */
  public boolean isToldOf() {
    return toldOf;
  }

  /** Whether a mapping of memory exists that begins where the memory does. */
  public boolean isMappedFromStart() {
    return mappedFromStart > 0;
  }

  /** GET_INFO worked. */
  public void told() {
    toldOf = true;
  }

  /** SET_IRQS was called. */
  public void setIrqs(IrqShadow.Request request) {
    changed = true;
    var _ = irqs.set(request);
  }

  /** QUERY_GFX_PLANE gave a plane. */
  public void askedForPlane() {
    changed = true;
    display.asked();
  }

  /** RESET worked. */
  public void reset() {
    reset |= changed;
    switch (model.driver()) {
      case MTTY -> config.reset();
      case MDPY -> memory.redraw();
      case MBOCHS -> display.reset();
    }
  }

  /** A write to the device file worked. */
  public void written(long position, byte[] data) {
    Model.Place place = model.at(position);
    if (place == null) {
      return;
    }
    changed = true;
    long offset = position - place.offset();
    switch (place.index()) {
      case Model.CONFIG -> config.write((int) offset, data);
      case Model.MEMORY -> memory.write(offset, data);
      case Model.REGISTERS -> display.writeRegisters(offset, data);
      default -> display.writeEdid(offset, data);
    }
  }

  /** Bytes were stored through a mapping, at {@code offset} of memory. */
  public void stored(long offset, byte[] data) {
    changed = true;
    memory.write(offset, data);
  }

  /** Whether it is the device whose directory is {@code other}, not another one of that name. */
  @SuppressWarnings("ReferenceEquality") // the very directory is meant
  boolean is(Object other) {
    return identity == other;
  }

  void opened() {
    if (users++ == 0) {
      reopened = changed;
    }
  }

  void closed() {
    users--;
    if (users == 0) {
      config.reset();
      display.forget();
      irqs.reset();
      memory = new MemoryShadow(model);
    }
  }

  void mapped(long offset, int change) {
    if (offset == 0) {
      mappedFromStart += change;
    }
  }
}
