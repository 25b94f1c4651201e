/** The tour that {@code mdev demo} gives: its chapters, and the stage that shows what they do. */
@NullMarked
package org.mdev4j.cli.demo;

import org.jspecify.annotations.NullMarked;
