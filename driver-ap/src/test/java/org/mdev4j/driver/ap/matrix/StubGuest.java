// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap.matrix;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.AqicHook;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.Gisa;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.PqapResult;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.TestedQueue;

/** A guest without processors: it has masks and a hook, and issues no instruction. */
class StubGuest implements ApGuest {
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<@Nullable AqicHook> hook = new AtomicReference<>();
  private final AtomicInteger loads = new AtomicInteger();
  private volatile ApMatrix masks = ApMatrix.EMPTY;

  @Override
  public String name() {
    return "stub";
  }

  @Override
  public GuestFeatures features() {
    return GuestFeatures.all();
  }

  @Override
  public ReentrantLock lock() {
    return lock;
  }

  @Override
  public ApMatrix masks() {
    return masks;
  }

  @Override
  public int loads() {
    return loads.get();
  }

  @Override
  public void load(ApMatrix loaded) {
    masks = loaded;
    loads.incrementAndGet();
  }

  boolean hasHook() {
    return hook.get() != null;
  }

  @Override
  public boolean installHook(AqicHook handler) {
    return hook.compareAndSet(null, handler);
  }

  @Override
  public void removeHook() {
    hook.set(null);
  }

  @Override
  public int registerIsc(int isc) {
    throw noProcessor();
  }

  @Override
  public void unregisterIsc(int isc) {
    throw noProcessor();
  }

  @Override
  public int iscReferences() {
    return 0;
  }

  @Override
  public @Nullable Gisa gisa() {
    return null;
  }

  @Override
  public boolean takeInterrupt(int isc) {
    return false;
  }

  @Override
  public PqapResult pqap(long gr0, long gr1, long gr2, boolean problemState) {
    throw noProcessor();
  }

  @Override
  public ApStatus aqic(Apqn apqn, boolean enable, int isc, long nib) {
    throw noProcessor();
  }

  @Override
  public QciInfo qci() {
    throw noProcessor();
  }

  @Override
  public TestedQueue tapq(Apqn apqn) {
    throw noProcessor();
  }

  @Override
  public ApStatus rapq(Apqn apqn) {
    throw noProcessor();
  }

  @Override
  public ApStatus zapq(Apqn apqn) {
    throw noProcessor();
  }

  @Override
  public ApStatus nqap(Apqn apqn, long psmid, byte[] message) {
    throw noProcessor();
  }

  @Override
  public Dequeued dqap(Apqn apqn, int length) {
    throw noProcessor();
  }

  @Override
  public void close() {}

  private static UnsupportedOperationException noProcessor() {
    return new UnsupportedOperationException("this guest has no processor");
  }
}
