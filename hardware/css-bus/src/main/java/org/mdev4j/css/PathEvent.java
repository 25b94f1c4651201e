package org.mdev4j.css;

/** What happened to a channel path, as a driver of subchannels is told. */
public enum PathEvent {
  /** The hardware made it usable. */
  ONLINE,
  /** The hardware lost it. */
  OFFLINE,
  /** The administrator allowed it again. */
  VARY_ON,
  /** The administrator forbade it. */
  VARY_OFF,
  /** The fabric behind it may have changed. */
  FCES
}
