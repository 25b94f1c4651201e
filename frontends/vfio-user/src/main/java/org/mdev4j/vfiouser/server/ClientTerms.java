package org.mdev4j.vfiouser.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;

/**
 * What a client says in its VERSION ({@code spec/vfio-user.md} 2).
 *
 * @param minor its minor version
 * @param descriptors how many it can receive in a message
 * @param transfer bytes that it takes at most as the data of one message
 * @param twinSocket whether it wants our commands on a socket of their own
 * @param writeMultiple whether it may send several writes at once
 */
record ClientTerms(
    int minor, int descriptors, int transfer, boolean twinSocket, boolean writeMultiple) {
  private static final int VERSION_SIZE = 4;
  private static final int MAJOR = 0;
  private static final int DEFAULT_DESCRIPTORS = 1;
  private static final int MOST_DESCRIPTORS = 1024;
  private static final int PAGE = 4096;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * @param migratable whether the device can migrate, and so has a page size to agree on
   * @throws ErrnoException {@code EINVAL} for whatever is wrong
   */
  static ClientTerms of(Message version, boolean migratable) {
    if (!version.descriptors().isEmpty()) {
      throw invalid("file descriptors with VERSION");
    }
    version.require(VERSION_SIZE);
    if (version.u16(0) != MAJOR) {
      throw invalid("major version " + Short.toUnsignedInt(version.u16(0)));
    }
    int minor = Short.toUnsignedInt(version.u16(2));
    int length = version.length() - VERSION_SIZE;
    if (length == 0) {
      return new ClientTerms(minor, DEFAULT_DESCRIPTORS, Header.MAX_TRANSFER, false, false);
    }
    return of(minor, capabilities(version.data(VERSION_SIZE, length)), migratable);
  }

  private static ClientTerms of(int minor, JsonNode capabilities, boolean migratable) {
    JsonNode migration = capabilities.get("migration");
    if (migration != null) {
      requireObject(migration, "migration");
      int page = integer(migration, "pgsize", PAGE, 0, Integer.MAX_VALUE);
      if (migratable && page != PAGE) {
        throw invalid("migration.pgsize " + page);
      }
    }
    JsonNode twin = capabilities.get("twin_socket");
    if (twin != null) {
      requireObject(twin, "twin_socket");
    }
    return new ClientTerms(
        minor,
        integer(capabilities, "max_msg_fds", DEFAULT_DESCRIPTORS, 0, MOST_DESCRIPTORS),
        integer(capabilities, "max_data_xfer_size", Header.MAX_TRANSFER, 1, Integer.MAX_VALUE),
        twin != null && flag(twin, "supported"),
        flag(capabilities, "write_multiple"));
  }

  private static JsonNode capabilities(MemorySegment text) {
    byte[] bytes = text.toArray(ValueLayout.JAVA_BYTE);
    int length = bytes.length - 1;
    if (bytes[length] != 0) {
      throw invalid("JSON that does not end with a NUL");
    }
    JsonNode root;
    try {
      root = JSON.readTree(bytes, 0, length);
    } catch (JsonProcessingException wrong) {
      throw new ErrnoException(Errno.EINVAL, "no JSON: " + wrong.getOriginalMessage(), wrong);
    } catch (IOException wrong) {
      throw new ErrnoException(Errno.EINVAL, "no JSON", wrong);
    }
    requireObject(root, "the version data");
    JsonNode capabilities = root.get("capabilities");
    if (capabilities == null) {
      return JSON.createObjectNode();
    }
    requireObject(capabilities, "capabilities");
    return capabilities;
  }

  private static void requireObject(@Nullable JsonNode node, String what) {
    if (node == null || !node.isObject()) {
      throw invalid(what + " is no object");
    }
  }

  private static int integer(JsonNode of, String name, int absent, int least, int most) {
    JsonNode value = of.get(name);
    if (value == null) {
      return absent;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw invalid(name + " " + value + " is no number from " + least + " to " + most);
    }
    return value.intValue();
  }

  private static boolean flag(JsonNode of, String name) {
    JsonNode value = of.get(name);
    if (value != null && !value.isBoolean()) {
      throw invalid(name + " " + value + " is neither true nor false");
    }
    return value != null && value.booleanValue();
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
