package org.mdev4j.fuse.session;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.fuse.wire.AttrOut;
import org.mdev4j.fuse.wire.EntryOut;
import org.mdev4j.fuse.wire.Init;
import org.mdev4j.fuse.wire.Opcode;
import org.mdev4j.fuse.wire.OpenOut;
import org.mdev4j.fuse.wire.ReadIn;
import org.mdev4j.fuse.wire.Reply;
import org.mdev4j.fuse.wire.Request;
import org.mdev4j.fuse.wire.Statfs;
import org.mdev4j.fuse.wire.WriteIn;

/**
 * What each request does to the tree ({@code spec/tools.md} 2). A refusal is thrown, and its errno
 * is the answer.
 *
 * <p>Contents are never cached. Names are, for as long as they are there: {@link Session} tells the
 * kernel when one goes. Only files that can be written are asked for each time, see {@link
 * NodeTable}.
 *
 * <p>Thread-safe; no lock is held while an attribute's {@code show} or {@code store} runs.
 */
final class Operations {
  private static final long LONG_SECONDS = 365L * 24 * 60 * 60;

  private static final int FILE_FLAGS =
      OpenOut.DIRECT_IO | OpenOut.NO_FLUSH | OpenOut.PARALLEL_WRITES;
  private static final int ACCESS_MODE = 3;
  private static final int BATCH_HEAD = 8;
  private static final int BATCH_ENTRY = 16;

  private final NodeTable nodes;
  private final Handles<SysfsFile> files = new Handles<>();
  private final Handles<Listing> listings = new Handles<>();
  private final long started = Instant.now().getEpochSecond();

  Operations(NodeTable nodes) {
    this.nodes = nodes;
  }

  /**
   * Does what {@code request} asks for and appends the answer.
   *
   * @throws ErrnoException if it is refused
   */
  void answer(Opcode opcode, Request request, Reply reply) {
    switch (opcode) {
      case INIT -> Init.of(request).answer(reply);
      case LOOKUP -> lookUp(request, reply);
      case GETATTR, SETATTR -> attributes(request, reply);
      case READLINK -> readLink(request, reply);
      case OPEN -> open(request, reply);
      case READ -> read(request, reply);
      case WRITE -> write(request, reply);
      case RELEASE -> release(request.getLong(0));
      case OPENDIR -> openDirectory(request, reply);
      case READDIR -> readDirectory(request, reply);
      case RELEASEDIR -> listings.remove(request.getLong(0));
      case STATFS -> Statfs.put(reply);
      case FLUSH, FSYNC, FSYNCDIR, ACCESS, DESTROY -> {}
      case FORGET -> nodes.forget(request.node(), request.getLong(0));
      case BATCH_FORGET -> forgetBatch(request);
      case CREATE -> throw refusal(Errno.EACCES, "only the tree itself makes files");
      case MKNOD, MKDIR, SYMLINK, LINK, UNLINK, RMDIR, RENAME, RENAME2 ->
          throw refusal(Errno.EPERM, "only the tree itself changes directories");
      case IOCTL -> throw refusal(Errno.ENOTTY, "no file takes such requests");
      case INTERRUPT -> throw new IllegalArgumentException("is for the session");
    }
  }

  /** Takes back a success that the kernel did not want any more. */
  void undo(Opcode opcode, long first) {
    switch (opcode) {
      case LOOKUP -> nodes.forget(first, 1);
      case OPEN -> release(first);
      case OPENDIR -> listings.remove(first);
      default -> {}
    }
  }

  /** Open files and directories. */
  int openCount() {
    return files.size() + listings.size();
  }

  private void lookUp(Request request, Reply reply) {
    SysfsDirectory directory = directory(request);
    String name = request.getName(0);
    SysfsNode child = directory.child(name);
    if (child == null) {
      throw refusal(Errno.ENOENT, "there is no " + name);
    }
    Known known = nodes.lookUp(child);
    // Somebody may have removed it before the table knew it, and so told nobody.
    if (directory.child(name) != child) {
      nodes.forget(known.id(), 1);
      throw refusal(Errno.ENOENT, name + " is gone");
    }
    long nameSeconds = Nodes.isWritable(child) ? 0 : LONG_SECONDS;
    new EntryOut(known.id(), nameSeconds, LONG_SECONDS, Nodes.attr(known, started)).put(reply);
  }

  /** Nothing can be changed: to chmod, truncate or touch a file succeeds and does nothing. */
  private void attributes(Request request, Reply reply) {
    Known known = nodes.get(request.node());
    new AttrOut(LONG_SECONDS, Nodes.attr(known, started)).put(reply);
  }

  private void readLink(Request request, Reply reply) {
    if (!(nodes.get(request.node()).node() instanceof SysfsLink link)) {
      throw refusal(Errno.EINVAL, "not a link");
    }
    reply.putBytes(link.text().getBytes(StandardCharsets.UTF_8));
  }

  private void open(Request request, Reply reply) {
    OpenMode mode =
        switch (request.getInt(0) & ACCESS_MODE) {
          case 0 -> OpenMode.READ;
          case 1 -> OpenMode.WRITE;
          default -> OpenMode.READ_WRITE;
        };
    if (!(nodes.get(request.node()).node() instanceof SysfsAttribute attribute)) {
      throw refusal(Errno.EINVAL, "not a file");
    }
    new OpenOut(files.add(attribute.open(mode)), FILE_FLAGS).put(reply);
  }

  private void read(Request request, Reply reply) {
    ReadIn in = ReadIn.of(request);
    int size = Math.min(in.size(), reply.room());
    reply.putBytes(files.get(in.handle()).read(in.offset(), size));
  }

  private void write(Request request, Reply reply) {
    WriteIn in = new WriteIn(request);
    SysfsFile file = files.get(in.handle());
    Known known = nodes.get(request.node());
    known.beginStore();
    try {
      reply.putInt(file.write(in.data())).putInt(0);
    } finally {
      known.endStore();
    }
  }

  private void release(long handle) {
    SysfsFile file = files.remove(handle);
    if (file != null) {
      file.close();
    }
  }

  private void openDirectory(Request request, Reply reply) {
    SysfsDirectory directory = directory(request);
    if (directory.isRemoved()) {
      throw refusal(Errno.ENOENT, "the directory is gone");
    }
    Listing listing = new Listing(directory, nodes.get(request.node()).ino());
    new OpenOut(listings.add(listing), 0).put(reply);
  }

  private void readDirectory(Request request, Reply reply) {
    ReadIn in = ReadIn.of(request);
    listings.get(in.handle()).read(in.offset(), in.size(), reply);
  }

  private void forgetBatch(Request request) {
    int count = request.getInt(0);
    for (int i = 0, at = BATCH_HEAD; i < count && at + BATCH_ENTRY <= request.bodySize(); i++) {
      nodes.forget(request.getLong(at), request.getLong(at + Long.BYTES));
      at += BATCH_ENTRY;
    }
  }

  private SysfsDirectory directory(Request request) {
    if (nodes.get(request.node()).node() instanceof SysfsDirectory directory) {
      return directory;
    }
    throw refusal(Errno.ENOTDIR, "not a directory");
  }

  private static ErrnoException refusal(Errno errno, String message) {
    return new ErrnoException(errno, message);
  }
}
