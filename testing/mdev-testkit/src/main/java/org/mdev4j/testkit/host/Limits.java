// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.testkit.host;

import java.time.Duration;

/**
 * How long a test waits for a driver before it fails. A correct driver never reaches a limit, so
 * shorter limits only make the failures of a broken one come sooner; they must leave room for a
 * busy machine.
 *
 * @param end for a step that must end by itself, such as a removal
 * @param held for a removal that goes on after the last user has closed the device; then a
 *     reference was not put
 * @param left for a thread or an open file to go after the driver was unloaded
 */
public record Limits(Duration end, Duration held, Duration left) {
  /** The limits of a {@link DriverSetup} that names none. */
  public static final Limits DEFAULT =
      new Limits(Background.LIMIT, Duration.ofSeconds(2), Duration.ofSeconds(5));

  /** Returns these limits with another one for steps that must end by themselves. */
  public Limits withEnd(Duration limit) {
    return new Limits(limit, held, left);
  }
}
