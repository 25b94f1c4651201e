/**
 * The tree as a {@link java.nio.file.FileSystem}. It translates calls and errors; it adds no
 * semantics of its own and is reached only through {@code Host.fileSystem()}.
 */
@NullMarked
package org.mdev4j.device.nio;

import org.jspecify.annotations.NullMarked;
