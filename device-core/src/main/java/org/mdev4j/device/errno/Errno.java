package org.mdev4j.device.errno;

/**
 * The Linux error numbers that mdev4j answers with, by their kernel names.
 *
 * <p>Numbers are those of the generic Linux ABI ({@code include/uapi/asm-generic/errno*.h}), which
 * x86, s390 and arm64 share.
 */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  ENXIO(6, "no such device or address"),
  E2BIG(7, "argument list too long"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "try again"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EFAULT(14, "bad address"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "already exists"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  ENOTTY(25, "not a known request for this file"),
  EFBIG(27, "file too large"),
  ENOSPC(28, "no space left"),
  ESPIPE(29, "cannot seek"),
  EROFS(30, "read-only file system"),
  EPIPE(32, "broken pipe"),
  ERANGE(34, "out of range"),
  EDEADLK(35, "would deadlock"),
  ENAMETOOLONG(36, "name too long"),
  ENOSYS(38, "not implemented"),
  ELOOP(40, "too many levels of symbolic links"),
  ENODATA(61, "no data available"),
  ETIME(62, "timer expired"),
  EPROTO(71, "protocol error"),
  EBADMSG(74, "bad message"),
  EOVERFLOW(75, "value too large"),
  EUSERS(87, "too many users"),
  EOPNOTSUPP(95, "operation not supported"),
  EADDRINUSE(98, "address already in use"),
  EADDRNOTAVAIL(99, "cannot assign requested address"),
  ENOBUFS(105, "no buffer space"),
  ENOTCONN(107, "not connected"),
  ETIMEDOUT(110, "timed out"),
  ECANCELED(125, "canceled"),
  /** Kernel-internal: a probe that wants to be asked again. Never reaches a user; see EAGAIN. */
  EPROBE_DEFER(517, "probe deferred");

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** The positive error number, as in {@code errno.h}. */
  public int number() {
    return number;
  }

  /** What the number means, in a few lower-case words. */
  public String text() {
    return text;
  }
}
