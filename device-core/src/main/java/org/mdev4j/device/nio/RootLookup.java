package org.mdev4j.device.nio;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Knows {@code root}. */
final class RootLookup extends UserPrincipalLookupService {
  @Override
  public UserPrincipal lookupPrincipalByName(String name) throws UserPrincipalNotFoundException {
    return lookupPrincipalByGroupName(name);
  }

  @Override
  public GroupPrincipal lookupPrincipalByGroupName(String group)
      throws UserPrincipalNotFoundException {
    if (!group.equals(RootPrincipal.ROOT.getName())) {
      throw new UserPrincipalNotFoundException(group);
    }
    return RootPrincipal.ROOT;
  }
}
