package org.mdev4j.vfio;

/** The page size of the host, which mappings are counted in. */
final class HostPages {
  static final int SIZE = 4096;

  private HostPages() {}
}
