// SPDX-License-Identifier: Apache-2.0
/**
 * The shell: few commands on the tree and the modules of a host, read from a terminal, a pipe or a
 * control socket. Parsing, options and line editing are JLine's. What a full shell does better
 * ({@code mdev exec -- bash}) does not belong here.
 */
@NullMarked
package org.mdev4j.cli.shell;

import org.jspecify.annotations.NullMarked;
