package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("mdev 6, 14: the text written to remove")
class RemoveTextTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 10);
  private final UUID uuid = parent.create("1");

  @AfterEach
  void close() {
    toys.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1\n",
        "01",
        "0x1",
        "0X1",
        "0xfF\n",
        "+1",
        "+0x10",
        "010",
        "2",
        "18446744073709551615",
        "0xffffffffffffffff",
        "01777777777777777777777",
        "0000000000000000000000000000000001",
        "1\0",
        "1\0garbage",
        "1\n\0 1"
      })
  @DisplayName("a number other than 0 removes; all is written")
  void removes(String text) {
    assertThat(toys.write(parent.mdev(uuid) + "/remove", text)).isEqualTo(text.length());
    assertThat(toys.exists(parent.mdev(uuid))).isFalse();
    assertThat(parent.available("1")).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0\n", "00", "0x0", "+0", "0\0", "0000000000000000000000000"})
  @DisplayName("0 and nothing at all: success, and nothing happens")
  void doesNothing(String text) {
    toys.events();
    List<String> before = toys.tree();
    assertThat(toys.write(parent.mdev(uuid) + "/remove", text)).isEqualTo(text.length());
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.events()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-0",
        "1 ",
        " 1",
        "\t1",
        "1\n\n",
        "\n1",
        "\n",
        "+",
        "++1",
        "+-1",
        "0x",
        "0x\n",
        "x1",
        "0xg",
        "08",
        "019",
        "1.0",
        "1e3",
        "1,0",
        "1_0",
        "yes",
        "true",
        "\0",
        "\u00b9",
        "18446744073709551616",
        "0x10000000000000000",
        "02000000000000000000000",
        "99999999999999999999999999999999"
      })
  @DisplayName("anything else, a minus sign and overflow: EINVAL, and nothing happens")
  void refuses(String text) {
    toys.events();
    List<String> before = toys.tree();
    assertErrno(Errno.EINVAL, () -> toys.write(parent.mdev(uuid) + "/remove", text));
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.events()).isEmpty();
    parent.remove(uuid);
    assertThat(toys.exists(parent.mdev(uuid))).isFalse();
  }
}
