/**
 * The architecture as rules: {@link org.mdev4j.testkit.architecture.DriverRules} for whoever writes
 * a driver, {@link org.mdev4j.testkit.architecture.CoreRules} for the project's own modules. Each
 * rule says why it is there and what to do instead.
 *
 * <p>Here lives only what can be decided from compiled classes. What needs a running host (life
 * cycles, counts, errnos) belongs to the other parts of the kit, and nothing here may be needed by
 * code that is not a test.
 */
@NullMarked
package org.mdev4j.testkit.architecture;

import org.jspecify.annotations.NullMarked;
