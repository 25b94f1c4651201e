package org.mdev4j.cli.shell;

import org.jspecify.annotations.Nullable;

/**
 * A word of a command, free of quotes.
 *
 * @param text what it says
 * @param glob the same as a glob pattern, if it has a {@code *}, {@code ?} or {@code [} that was
 *     not quoted, else null
 */
public record Word(String text, @Nullable String glob) {}
