/**
 * The shell on a terminal: editing and history of lines, completion, Ctrl-C. The only package that
 * knows JLine.
 */
@NullMarked
package org.mdev4j.cli.shell.terminal;

import org.jspecify.annotations.NullMarked;
