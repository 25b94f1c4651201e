package org.mdev4j.ap;

/**
 * The AP instructions, as the host or a guest issues them. None of them blocks or throws: what is
 * wrong is in the response code. Thread-safe.
 */
public interface ApInstructions {
  /** PQAP(QCI): the configuration. */
  QciInfo qci();

  /** PQAP(TAPQ): tests a queue. */
  TestedQueue tapq(Apqn apqn);

  /** PQAP(RAPQ): drops what is in a queue and disables its interrupts. */
  ApStatus rapq(Apqn apqn);

  /** PQAP(ZAPQ): the same, and overwrites it. The keys of the domain stay. */
  ApStatus zapq(Apqn apqn);

  /**
   * NQAP: puts a message in, whole.
   *
   * @param psmid the program's id of the message; it need not be unique
   */
  ApStatus nqap(Apqn apqn, long psmid, byte[] message);

  /**
   * DQAP: takes the oldest reply that is ready, or goes on with one that was taken in part.
   *
   * @param length the most bytes to take
   */
  Dequeued dqap(Apqn apqn, int length);
}
