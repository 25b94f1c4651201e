// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.ap.hardware;

/**
 * The state of a queue at one moment.
 *
 * @param configured whether it is configured on
 * @param checkstopped whether a hardware failure has stopped it
 * @param resetting whether a reset is in progress
 * @param interrupts whether it interrupts
 * @param requests the number of requests that it has taken
 */
public record QueueState(
    boolean configured,
    boolean checkstopped,
    boolean resetting,
    InterruptState interrupts,
    long requests) {}
