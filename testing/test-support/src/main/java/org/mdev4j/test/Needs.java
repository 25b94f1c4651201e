// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Names what a test needs of the machine besides a JDK. Where something is missing the test is
 * skipped with a reason that says how to get it; with the system property {@value
 * NeedsCondition#REQUIRE_ALL} set to true it fails instead.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(NeedsCondition.class)
public @interface Needs {
  /** The needs; all of them must be met. */
  Need[] value();
}
