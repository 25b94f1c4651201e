package org.mdev4j.ap.bus;

import java.util.List;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * The host's own driver of queues: those reserved by the masks are bound to it, and the host may
 * send them messages.
 */
final class DefaultQueueDriver implements ApDriver {
  private static final int OLDEST = 10;
  private static final int NEWEST = 14;

  @Override
  public String name() {
    return "cex4queue";
  }

  @Override
  public boolean isDefault() {
    return true;
  }

  @Override
  public boolean matches(int type) {
    return type >= OLDEST && type <= NEWEST;
  }

  @Override
  public List<AttributeGroup> probe(ApQueue queue, Scope scope) {
    return List.of();
  }
}
