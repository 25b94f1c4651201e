/**
 * The commands of the shell, one class each; {@link org.mdev4j.cli.shell.builtin.Builtins} lists
 * them.
 */
@NullMarked
package org.mdev4j.cli.shell.builtin;

import org.jspecify.annotations.NullMarked;
