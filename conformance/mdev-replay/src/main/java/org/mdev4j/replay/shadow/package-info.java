/**
 * What a device of the samples must be like after all that the probe did to it: small models, by
 * the specification and not by the host, from which rules compute their answers. They are told of
 * every call that worked, and are themselves never asked what a host should do where no rule
 * applies.
 */
@NullMarked
package org.mdev4j.replay.shadow;

import org.jspecify.annotations.NullMarked;
