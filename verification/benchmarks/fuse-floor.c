// SPDX-License-Identifier: Apache-2.0
// The least that a FUSE server can do for open, read and close: one file, whose content is a constant, answered by one
// thread of C. What it makes a second is a bound for every server behind /dev/fuse on the same machine.
//
// Usage: fuse-floor DIR MICROSECONDS
// Mounts at DIR; any name in it is the file. MICROSECONDS is how long to look for the next request before sleeping for
// it. Ends when DIR is unmounted.

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_NODE 2
#define SECONDS 1000

static _Alignas(8) char request[1 << 17];
static _Alignas(8) char reply[4096];

static long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

static ssize_t next_request(int device, long attention) {
  long start = nanoseconds();
  while (1) {
    ssize_t length = read(device, request, sizeof request);
    if (length >= 0 || (errno != EAGAIN && errno != EINTR && errno != ENOENT)) {
      return length;
    }
    if (nanoseconds() - start >= attention) {
      struct pollfd polled = {.fd = device, .events = POLLIN};
      poll(&polled, 1, -1);
      start = nanoseconds();
    }
  }
}

static void describe(struct fuse_attr *attributes, unsigned long node) {
  attributes->ino = node;
  attributes->mode = node == FILE_NODE ? S_IFREG | 0444 : S_IFDIR | 0755;
  attributes->nlink = 1;
  attributes->size = 4096;
}

// The size of the body that answers the request, or a negative errno.
static int answer(const struct fuse_in_header *in, void *body) {
  switch (in->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out *out = body;
      out->major = FUSE_KERNEL_VERSION;
      out->minor = 31;
      out->max_write = 4096;
      return sizeof *out;
    }
    case FUSE_LOOKUP: {
      struct fuse_entry_out *out = body;
      out->nodeid = FILE_NODE;
      out->entry_valid = out->attr_valid = SECONDS;
      describe(&out->attr, FILE_NODE);
      return sizeof *out;
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out *out = body;
      out->attr_valid = SECONDS;
      describe(&out->attr, in->nodeid);
      return sizeof *out;
    }
    case FUSE_OPEN: {
      struct fuse_open_out *out = body;
      out->open_flags = FOPEN_DIRECT_IO | FOPEN_NOFLUSH;
      return sizeof *out;
    }
    case FUSE_READ:
      memcpy(body, "24\n", 3);
      return 3;
    case FUSE_RELEASE:
      return 0;
    default:
      return -ENOSYS;
  }
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: fuse-floor DIR MICROSECONDS\n");
    return 2;
  }
  int device = open("/dev/fuse", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  char options[100];
  snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=0,group_id=0,default_permissions", device);
  if (device < 0 || mount("fuse-floor", words[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
    perror(words[1]);
    return 1;
  }
  long attention = atol(words[2]) * 1000;
  while (next_request(device, attention) >= 0) {
    const struct fuse_in_header *in = (void *)request;
    struct fuse_out_header *out = (void *)reply;
    if (in->opcode == FUSE_FORGET || in->opcode == FUSE_BATCH_FORGET || in->opcode == FUSE_INTERRUPT) {
      continue;
    }
    memset(reply, 0, 256);
    int size = answer(in, out + 1);
    out->unique = in->unique;
    out->error = size < 0 ? size : 0;
    out->len = sizeof *out + (size < 0 ? 0 : size);
    // What the kernel does not want any more is no matter.
    if (write(device, reply, out->len) < 0 && errno != ENOENT) {
      perror("write");
    }
  }
  return 0;
}
