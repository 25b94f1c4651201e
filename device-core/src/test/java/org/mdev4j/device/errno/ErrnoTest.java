package org.mdev4j.device.errno;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void numbersAreThoseOfTheGenericLinuxAbi() {
    Map<String, Integer> numbers =
        Arrays.stream(Errno.values())
            .collect(Collectors.toMap(Errno::name, Errno::number, (a, b) -> a, TreeMap::new));

    assertThat(numbers)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("EPERM", 1),
                Map.entry("ENOENT", 2),
                Map.entry("EINTR", 4),
                Map.entry("EIO", 5),
                Map.entry("ENXIO", 6),
                Map.entry("E2BIG", 7),
                Map.entry("EBADF", 9),
                Map.entry("EAGAIN", 11),
                Map.entry("ENOMEM", 12),
                Map.entry("EACCES", 13),
                Map.entry("EFAULT", 14),
                Map.entry("EBUSY", 16),
                Map.entry("EEXIST", 17),
                Map.entry("ENODEV", 19),
                Map.entry("ENOTDIR", 20),
                Map.entry("EISDIR", 21),
                Map.entry("EINVAL", 22),
                Map.entry("ENOTTY", 25),
                Map.entry("EFBIG", 27),
                Map.entry("ENOSPC", 28),
                Map.entry("ESPIPE", 29),
                Map.entry("EROFS", 30),
                Map.entry("EPIPE", 32),
                Map.entry("ERANGE", 34),
                Map.entry("EDEADLK", 35),
                Map.entry("ENAMETOOLONG", 36),
                Map.entry("ENOSYS", 38),
                Map.entry("ELOOP", 40),
                Map.entry("ENODATA", 61),
                Map.entry("ETIME", 62),
                Map.entry("EPROTO", 71),
                Map.entry("EBADMSG", 74),
                Map.entry("EOVERFLOW", 75),
                Map.entry("EUSERS", 87),
                Map.entry("EOPNOTSUPP", 95),
                Map.entry("EADDRINUSE", 98),
                Map.entry("EADDRNOTAVAIL", 99),
                Map.entry("ENOBUFS", 105),
                Map.entry("ENOTCONN", 107),
                Map.entry("ETIMEDOUT", 110),
                Map.entry("ECANCELED", 125),
                Map.entry("EPROBE_DEFER", 517)));
  }

  @Test
  void numbersAreUnique() {
    assertThat(Arrays.stream(Errno.values()).map(Errno::number)).doesNotHaveDuplicates();
  }

  @Test
  void everyNumberIsExplained() {
    assertThat(Errno.values()).allSatisfy(errno -> assertThat(errno.text()).isNotBlank());
  }
}
