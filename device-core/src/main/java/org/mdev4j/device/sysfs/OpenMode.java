package org.mdev4j.device.sysfs;

/** How a file is opened. */
public enum OpenMode {
  READ("reading"),
  WRITE("writing"),
  READ_WRITE("reading and writing");

  private final String words;

  OpenMode(String words) {
    this.words = words;
  }

  /** The mode in words, for messages. */
  String words() {
    return words;
  }

  public boolean reads() {
    return this != WRITE;
  }

  public boolean writes() {
    return this != READ;
  }
}
