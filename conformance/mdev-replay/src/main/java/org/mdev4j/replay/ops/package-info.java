/** What every op of a transcript does, one class for each family of ops. */
@NullMarked
package org.mdev4j.replay.ops;

import org.jspecify.annotations.NullMarked;
