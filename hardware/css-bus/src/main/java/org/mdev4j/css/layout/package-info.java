/** How the numbers of the layouts lie in memory: big-endian, at any alignment. No layout itself. */
@NullMarked
package org.mdev4j.css.layout;

import org.jspecify.annotations.NullMarked;
