/** The probe program's side: the calls it makes on a host, and what it keeps between them. */
@NullMarked
package org.mdev4j.replay.probe;

import org.jspecify.annotations.NullMarked;
