/**
 * The command line: one class per subcommand, which parses, calls and reports. What a command does
 * to a host lives on lower floors.
 */
@NullMarked
package org.mdev4j.cli;

import org.jspecify.annotations.NullMarked;
