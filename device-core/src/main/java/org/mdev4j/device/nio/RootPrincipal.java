package org.mdev4j.device.nio;

import java.nio.file.attribute.GroupPrincipal;

/** The only user and group that there is. */
enum RootPrincipal implements GroupPrincipal {
  ROOT;

  @Override
  public String getName() {
    return "root";
  }

  @Override
  public String toString() {
    return getName();
  }
}
