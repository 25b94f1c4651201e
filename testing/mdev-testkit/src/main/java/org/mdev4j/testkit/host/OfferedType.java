package org.mdev4j.testkit.host;

/**
 * A type that a parent offers, as the tree shows it.
 *
 * @param parent the parent device's name
 * @param id the name of the type's directory
 * @param path that directory
 */
public record OfferedType(String parent, String id, String path) {
  /** A file in the type's directory. */
  public String file(String name) {
    return path + "/" + name;
  }

  @Override
  public String toString() {
    return id + " of " + parent;
  }
}
