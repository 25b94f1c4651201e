/**
 * What a user does to the mediated devices of a sysfs tree, through its files alone: the tree may
 * be a kernel's, a mounted one, or that of a host in this JVM.
 */
@NullMarked
package org.mdev4j.cli.verbs;

import org.jspecify.annotations.NullMarked;
