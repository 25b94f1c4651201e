/** What the hot paths cost, each beside its yardstick. */
@NullMarked
package org.mdev4j.benchmarks;

import org.jspecify.annotations.NullMarked;
