/**
 * Working on a host that another process runs: a UNIX socket at which it takes the commands of the
 * shell. What the commands do is not known here.
 */
@NullMarked
package org.mdev4j.cli.control;

import org.jspecify.annotations.NullMarked;
