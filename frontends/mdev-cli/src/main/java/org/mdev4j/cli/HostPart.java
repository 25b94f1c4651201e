package org.mdev4j.cli;

import java.io.IOException;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;

/**
 * Options that ask for something which lives as long as a host: a mount, a server. A command that
 * runs a host has them as mixins; those that were not given do nothing.
 */
interface HostPart {
  /**
   * Starts what the options ask for, on a host whose modules are loaded. What has to end is put
   * into {@code scope}, which is closed, newest first, before the host.
   *
   * @throws VerbException if it can't be had, saying why in one line
   * @throws IOException if it breaks
   */
  void start(Host host, Scope scope) throws VerbException, IOException;
}
