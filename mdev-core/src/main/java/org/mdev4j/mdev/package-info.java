/**
 * The mediated-device core. Public: what a driver implements and declares ({@link
 * org.mdev4j.mdev.MdevDriver}, {@link org.mdev4j.mdev.MdevModel}, {@link
 * org.mdev4j.mdev.InstanceLimit}, {@link org.mdev4j.mdev.MdevType}) and where it registers ({@link
 * org.mdev4j.mdev.Mdev}). The rest, which owns instances, counters and their lifecycle, stays in
 * here. No vendor is known.
 */
@NullMarked
package org.mdev4j.mdev;

import org.jspecify.annotations.NullMarked;
