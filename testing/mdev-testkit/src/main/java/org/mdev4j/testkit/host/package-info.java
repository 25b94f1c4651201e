/**
 * A host for one test: {@link org.mdev4j.testkit.host.HostExtension} makes it, with the driver
 * under test loaded and its time in the test's hand; the test acts on it, makes things fail, looks
 * at what was announced; and when the test is over, the host is taken down and everything that is
 * still there is named.
 *
 * <p>What holds for every driver is said in the package {@code contract}, not here.
 */
@NullMarked
package org.mdev4j.testkit.host;

import org.jspecify.annotations.NullMarked;
