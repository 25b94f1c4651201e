package org.mdev4j.vfiouser.client;

/** x */
public final class RemoteDevice { private RemoteDevice() {} }
