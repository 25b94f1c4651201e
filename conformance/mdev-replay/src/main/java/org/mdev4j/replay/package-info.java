/**
 * Replaying kernel transcripts: {@link org.mdev4j.replay.Replayer} takes a file and gives a {@link
 * org.mdev4j.replay.FileReport}. The other packages are internal.
 */
@NullMarked
package org.mdev4j.replay;

import org.jspecify.annotations.NullMarked;
