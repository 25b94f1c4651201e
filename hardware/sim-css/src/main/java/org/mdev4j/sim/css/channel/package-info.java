/**
 * The hardware: subchannels, the instructions, and the interpreter of channel programs. Devices
 * stand behind {@link org.mdev4j.sim.css.channel.CcwDevice}.
 */
@NullMarked
package org.mdev4j.sim.css.channel;

import org.jspecify.annotations.NullMarked;
