package org.mdev4j.cli.shell.terminal;

/** Keeps the prompt short: paths in the tree are long, and their ends say most. */
final class Prompt {
  private static final int LIMIT = 40;

  private Prompt() {}

  /** {@code path}, or as many of its last names as fit, at least one. */
  static String shorten(String path) {
    if (path.length() <= LIMIT) {
      return path;
    }
    int slash = path.indexOf('/', path.length() - LIMIT);
    return "..." + path.substring(slash < 0 ? path.lastIndexOf('/') : slash);
  }
}
