/** The deliberate deviations, each a rule that computes the exact answer to expect instead. */
@NullMarked
package org.mdev4j.replay.rules;

import org.jspecify.annotations.NullMarked;
