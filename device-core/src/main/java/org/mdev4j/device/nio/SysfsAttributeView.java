package org.mdev4j.device.nio;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of what is at a path at the time of each call. Changing them succeeds, if there is
 * such a file, and changes nothing.
 */
final class SysfsAttributeView implements PosixFileAttributeView {
  private final String name;
  private final SysfsPath path;
  private final boolean followLast;

  /**
   * @param name which view this is to be: {@code basic}, {@code posix} or {@code owner}
   */
  SysfsAttributeView(String name, SysfsPath path, boolean followLast) {
    this.name = name;
    this.path = path;
    this.followLast = followLast;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SysfsAttributes readAttributes() throws IOException {
    return path.getFileSystem().provider().attributes(path, followLast);
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  @Override
  public void setTimes(
      @Nullable FileTime lastModified, @Nullable FileTime lastAccess, @Nullable FileTime created)
      throws IOException {
    ignore();
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    ignore();
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    ignore();
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    ignore();
  }

  private void ignore() throws IOException {
    var _ = readAttributes();
  }
}
