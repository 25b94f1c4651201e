package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.ops.Judge;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwRegions;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.vfio.DeviceFile;

/**
 * Compares what was read of a region, but for what is the host's own: interruption parameter and
 * channel-program address of the SCHIB, and in the IRB an address that is none of the user's. There
 * mdev4j may give 0 or anything else outside the mappings.
 *
 * <p>After a burst timing decided which status is left: it must be that of the last function.
 */
final class RegionJudge implements Judge {
  static final Judge READ = new RegionJudge();

  private static final int SCHIB_CPA = 32;
  private static final int IRB_CPA = 28;
  private static final int STATUS_PENDING = 1;

  private RegionJudge() {}

  @Override
  public @Nullable String difference(
      Step step, Observation recorded, Observation got, Session session) {
    return Judge.WHOLE.difference(step, recorded, masked(step, recorded, got, session), session);
  }

  @Override
  public @Nullable String ruleDifference(
      Step step, Observation expected, Observation got, Session session) {
    return difference(step, expected, got, session);
  }

  /** What was got, with the expected bytes where anything is as good. */
  private static Observation masked(
      Step step, Observation expected, Observation got, Session session) {
    byte[] right = bytes(expected.result());
    byte[] read = bytes(got.result());
    long position = step.args().has("offset") ? step.args().address("offset") : 0;
    if (right.length == 0 || right.length != read.length) {
      return got;
    }
    switch (CcwRegions.index(position)) {
      case CcwRegions.IO -> maskIo(position, right, read, session);
      case CcwRegions.COMMAND -> maskCommand(position, right, read, session);
      case CcwRegions.SCHIB -> {
        replace(position, right, read, 0, Integer.BYTES);
        replace(position, right, read, SCHIB_CPA, Integer.BYTES);
      }
      default -> {}
    }
    ObjectNode result = got.result().deepCopy();
    return got.giving(result.put("data", HexFormat.of().formatHex(read)));
  }

  private static byte[] bytes(JsonNode result) {
    return HexFormat.of().parseHex(result.path("data").asText());
  }

  private static void maskIo(long position, byte[] right, byte[] read, Session session) {
    CcwShadow shadow = shadow(session);
    if (shadow != null && shadow.isAfterBurst()) {
      int scsw = word(position, read, CcwRegions.IRB);
      if ((scsw & shadow.lastFunction()) != 0 && (scsw & STATUS_PENDING) != 0) {
        replace(position, right, read, CcwRegions.IRB, CcwRegions.IRB_STORED);
      }
      maskReturnCode(shadow, position, right, read, CcwRegions.IO_RETURN_CODE);
      return;
    }
    int offset = CcwRegions.offset(position);
    if (offset > IRB_CPA || offset + read.length < IRB_CPA + Integer.BYTES) {
      return;
    }
    long told = Integer.toUnsignedLong(word(position, read, IRB_CPA));
    if (!session.shadows().isMapped(Integer.toUnsignedLong(word(position, right, IRB_CPA)))
        && !session.shadows().isMapped(told)) {
      replace(position, right, read, IRB_CPA, Integer.BYTES);
    }
  }

  private static void maskCommand(long position, byte[] right, byte[] read, Session session) {
    CcwShadow shadow = shadow(session);
    if (shadow != null && shadow.isAfterBurst()) {
      maskReturnCode(shadow, position, right, read, CcwRegions.COMMAND_RETURN_CODE);
    }
  }

  /** The return code must be that of the last request of the burst. */
  private static void maskReturnCode(
      CcwShadow shadow, long position, byte[] right, byte[] read, int at) {
    if (word(position, read, at) == word(position, shadow.withReturnCode(position, read), at)) {
      replace(position, right, read, at, Integer.BYTES);
    }
  }

  private static @Nullable CcwShadow shadow(Session session) {
    return session.named(CcwOps.DEVICE) instanceof DeviceFile device
        ? session.shadows().subchannel(device)
        : null;
  }

  /** The word at {@code at} of the region, if it was read as a whole; else 0. */
  private static int word(long position, byte[] data, int at) {
    int index = at - CcwRegions.offset(position);
    return index < 0 || index + Integer.BYTES > data.length
        ? 0
        : ByteBuffer.wrap(data).getInt(index);
  }

  private static void replace(long position, byte[] right, byte[] read, int at, int size) {
    for (int i = 0; i < size; i++) {
      int index = at + i - CcwRegions.offset(position);
      if (index >= 0 && index < read.length) {
        read[index] = right[index];
      }
    }
  }
}
