/**
 * A vfio-user client for tests that knows the wire from the specification alone: no class of the
 * module under test is used here, so that a misunderstanding can't cancel itself out.
 */
@NullMarked
package org.mdev4j.vfiouser.raw;

import org.jspecify.annotations.NullMarked;
