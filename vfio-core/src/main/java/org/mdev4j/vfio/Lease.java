package org.mdev4j.vfio;

/**
 * A reference to a registered device, to be put by closing it, best with try-with-resources. While
 * it is held the device stays registered, and whoever unregisters it waits.
 *
 * @param <T> what the holder works with
 */
public final class Lease<T> implements AutoCloseable {
  private final T subject;
  private final UseCount uses;
  private boolean put;

  Lease(T subject, UseCount uses) {
    this.subject = subject;
    this.uses = uses;
  }

  /** What the reference is to. Not to be kept beyond {@link #close}. */
  public T get() {
    return subject;
  }

  /** Puts the reference. A second close does nothing; not thread-safe, a lease has one holder. */
  @Override
  public void close() {
    if (!put) {
      put = true;
      uses.put();
    }
  }
}
