package org.mdev4j.vfiouser.server;

import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/** Carries out one command. Called by the session's thread only. */
@FunctionalInterface
interface Handler {
  /**
   * Carries it out.
   *
   * @param request the command; its descriptors are closed afterwards unless they are taken
   * @param reply empty; what it is given is sent
   * @throws org.mdev4j.device.errno.ErrnoException to refuse; nothing else is sent then
   */
  void handle(Message request, Reply reply);
}
