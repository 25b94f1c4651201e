package org.mdev4j.sim.ap;

/** The instructions that work on a queue. */
public enum Instruction {
  TAPQ,
  RAPQ,
  ZAPQ,
  AQIC,
  NQAP,
  DQAP
}
