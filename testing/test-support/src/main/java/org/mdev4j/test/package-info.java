// SPDX-License-Identifier: Apache-2.0
/**
 * Fixtures and conditions for the tests of this project's own modules. They use the JDK and JUnit
 * alone, so that every module can use them. What a driver author needs belongs to mdev-testkit.
 */
@NullMarked
package org.mdev4j.test;

import org.jspecify.annotations.NullMarked;
