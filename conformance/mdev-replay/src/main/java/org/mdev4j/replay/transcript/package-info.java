/**
 * What a transcript says: its lines, their arguments, what was recorded. Nothing here knows a host.
 */
@NullMarked
package org.mdev4j.replay.transcript;

import org.jspecify.annotations.NullMarked;
