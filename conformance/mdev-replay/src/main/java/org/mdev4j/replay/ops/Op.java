package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Step;

/** What one kind of step does. */
@FunctionalInterface
public interface Op {
  /**
   * Makes the step's calls on the host.
   *
   * @return the result, in a transcript's words
   * @throws org.mdev4j.device.errno.ErrnoException if the host refused; the result is that errno
   * @throws UnsupportedOperationException if the host or the replayer can't do it yet
   */
  JsonNode perform(Step step, Session session) throws InterruptedException;
}
