package org.mdev4j.fuse.wire;

import org.jspecify.annotations.Nullable;

/** What a request asks for; those that this file system has an own answer to. */
public enum Opcode {
  LOOKUP(1),
  FORGET(2),
  GETATTR(3),
  SETATTR(4),
  READLINK(5),
  SYMLINK(6),
  MKNOD(8),
  MKDIR(9),
  UNLINK(10),
  RMDIR(11),
  RENAME(12),
  LINK(13),
  OPEN(14),
  READ(15),
  WRITE(16),
  STATFS(17),
  RELEASE(18),
  FSYNC(20),
  FLUSH(25),
  INIT(26),
  OPENDIR(27),
  READDIR(28),
  RELEASEDIR(29),
  FSYNCDIR(30),
  ACCESS(34),
  CREATE(35),
  INTERRUPT(36),
  DESTROY(38),
  IOCTL(39),
  BATCH_FORGET(42),
  RENAME2(45);

  private static final @Nullable Opcode[] BY_NUMBER = byNumber();

  private final int number;

  Opcode(int number) {
    this.number = number;
  }

  /** The opcode of that number; null for one that is not listed here. */
  public static @Nullable Opcode of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  public int number() {
    return number;
  }

  private static @Nullable Opcode[] byNumber() {
    Opcode[] all = values();
    @Nullable Opcode[] table = new @Nullable Opcode[all[all.length - 1].number + 1];
    for (Opcode opcode : all) {
      table[opcode.number] = opcode;
    }
    return table;
  }
}
