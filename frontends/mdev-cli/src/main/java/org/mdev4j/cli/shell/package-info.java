/**
 * The shell that {@code mdev shell} runs: its language, a session on a host, and the jobs that
 * carry out commands. What the commands do is in {@code builtin}, what a terminal adds in {@code
 * terminal}.
 */
@NullMarked
package org.mdev4j.cli.shell;

import org.jspecify.annotations.NullMarked;
