package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;

/**
 * A page of a user's memory that hardware may work on until it is unpinned.
 *
 * @param iova where the user has mapped it
 * @param address where the host's hardware finds it; the same for every pin of the page, invalid
 *     after the last unpin
 * @param segment its bytes; read-only if the mapping is
 */
public record PinnedPage(long iova, long address, MemorySegment segment) {}
