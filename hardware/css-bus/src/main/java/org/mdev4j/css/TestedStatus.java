package org.mdev4j.css;

/**
 * What TEST SUBCHANNEL answers.
 *
 * @param cc 0 if status was pending, 1 if not, 3 if the subchannel is not operational
 * @param irb what was stored; all zero for cc 3
 */
public record TestedStatus(ConditionCode cc, Irb irb) {}
