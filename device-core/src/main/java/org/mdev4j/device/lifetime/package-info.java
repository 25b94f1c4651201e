/**
 * The small classes that decide when something may still be used and when it has ended: scopes that
 * give back what was acquired, gates that drain, numbers that are lent, and what a thread is in the
 * middle of. They know nothing of devices.
 */
@NullMarked
package org.mdev4j.device.lifetime;

import org.jspecify.annotations.NullMarked;
