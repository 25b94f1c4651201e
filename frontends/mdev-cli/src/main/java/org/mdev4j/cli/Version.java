package org.mdev4j.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code mdev --version} prints: the version of this module and of the Java that runs it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getModule().getDescriptor().rawVersion().orElse("(development)");
    return new String[] {"mdev4j " + version + ", on Java " + Runtime.version().feature()};
  }
}
