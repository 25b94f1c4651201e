package org.mdev4j.sim.css.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Scsw;
import org.mdev4j.sim.css.channel.Rig;

/** Disks and consoles, driven by channel programs. */
class DevicesTest {
  private static final int CC = Ccw.CHAIN_COMMAND;
  private static final int SLI = Ccw.SUPPRESS_LENGTH;
  private static final int EXTENT = 0x1000;
  private static final int LOCATION = 0x1100;
  private static final int DATA = 0x2000;
  private static final int SENSE = 0x1200;

  @TempDir Path directory;

  private static void put(Rig rig, int offset, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, rig.bytes(), offset, bytes.length);
  }

  private static byte[] get(Rig rig, int offset, int length) {
    return rig.bytes().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private static Ccw ccw(Rig rig, int command, int flags, int count, int offset) {
    return new Ccw(command, flags, count, rig.at(offset));
  }

  private static String sense(Rig rig) {
    assertThat(rig.run(ccw(rig, 0x04, 0, 32, SENSE)).word2()).isEqualTo(0x0C00_0000);
    return HexFormat.of().formatHex(get(rig, SENSE, 2));
  }

  /** Defines an extent, locates, and executes {@code last}. */
  private static Scsw locate(Rig rig, int locate, int locateBytes, Ccw last) {
    return rig.run(
        ccw(rig, 0x63, CC, 16, EXTENT), ccw(rig, locate, CC, locateBytes, LOCATION), last);
  }

  private Path file(int size) throws IOException {
    return Files.write(directory.resolve("disk"), new byte[size]);
  }

  @Test
  void fbaWritesAndReadsBack() throws IOException {
    Path file = file(64 * 512);
    byte[] content = new byte[3 * 512];
    new Random(1).nextBytes(content);
    try (Rig rig = new Rig(new FbaDisk(file, false))) {
      // Blocks 10 to 20 are a data set that begins at block 30.
      put(rig, EXTENT, "00 00 0200 0000001E 0000000A 00000014");
      put(rig, LOCATION, "05 00 0003 0000000C");
      MemorySegment.copy(MemorySegment.ofArray(content), 0, rig.bytes(), DATA, content.length);
      Scsw end = locate(rig, 0x43, 8, ccw(rig, 0x41, 0, content.length, DATA));
      assertThat(end.word2()).isEqualTo(0x0C00_0000);
      assertThat(Arrays.copyOfRange(Files.readAllBytes(file), 32 * 512, 35 * 512))
          .isEqualTo(content);
      put(rig, LOCATION, "06");
      rig.bytes().asSlice(DATA, content.length).fill((byte) 0);
      // In two commands: each goes on where the one before it ended.
      Scsw read =
          rig.run(
              ccw(rig, 0x63, CC, 16, EXTENT),
              ccw(rig, 0x43, CC, 8, LOCATION),
              ccw(rig, 0x42, CC, 512, DATA),
              ccw(rig, 0x42, 0, 1024, DATA + 512));
      assertThat(read.word2()).isEqualTo(0x0C00_0000);
      assertThat(get(rig, DATA, content.length)).isEqualTo(content);
    }
  }

  @Test
  void fbaFillsAPartialBlockAndReportsWhatIsTooMuch() throws IOException {
    Path file = file(4 * 512);
    Files.write(file, new byte[] {9, 9, 9, 9}, java.nio.file.StandardOpenOption.WRITE);
    try (Rig rig = new Rig(new FbaDisk(file, false))) {
      put(rig, EXTENT, "00 00 0000 00000000 00000000 00000003");
      put(rig, LOCATION, "05 00 0001 00000000");
      put(rig, DATA, "01");
      Scsw end = locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 1, DATA));
      assertThat(end.word2()).isEqualTo(0x0C00_0000);
      assertThat(Files.readAllBytes(file)).startsWith(1, 0, 0, 0);
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 600, DATA)).word2()).isEqualTo(0x0C40_0058);
      put(rig, LOCATION, "06");
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x42, SLI, 600, DATA)).word2())
          .isEqualTo(0x0C00_0058);
    }
  }

  @Test
  void fbaRefusals() throws IOException {
    Path file = file(4 * 512);
    try (Rig rig = new Rig(new FbaDisk(file, false))) {
      put(rig, EXTENT, "40 00 0000 00000000 00000000 00000003");
      put(rig, LOCATION, "06 00 0001 00000000");
      assertThat(rig.run(ccw(rig, 0x42, 0, 512, DATA)).word2()).isEqualTo(0x0200_0200);
      assertThat(sense(rig)).as("read without locate").isEqualTo("8000");
      assertThat(rig.run(ccw(rig, 0x43, 0, 8, LOCATION)).word2()).isEqualTo(0x0200_0008);
      Scsw twice = rig.run(ccw(rig, 0x63, CC, 16, EXTENT), ccw(rig, 0x63, 0, 16, EXTENT));
      assertThat(twice.word2()).isEqualTo(0x0200_0010);
      put(rig, LOCATION, "06 00 0002 00000003");
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x42, 0, 512, DATA)).word2()).isEqualTo(0x0E00_0000);
      assertThat(sense(rig)).as("outside the extent").isEqualTo("0004");
      put(rig, LOCATION, "05 00 0001 00000000");
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 512, DATA)).deviceStatus()).isEqualTo(0x0E);
      assertThat(sense(rig)).as("write inhibited").isEqualTo("8002");
      put(rig, LOCATION, "07");
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 512, DATA)).deviceStatus()).isEqualTo(0x0E);
      put(rig, EXTENT, "00 00 0000 00000000 00000000 00000004");
      assertThat(rig.run(ccw(rig, 0x63, 0, 16, EXTENT)).deviceStatus()).isEqualTo(0x0E);
      assertThat(sense(rig)).as("beyond the disk").isEqualTo("8000");
      assertThat(rig.run(ccw(rig, 0x63, SLI, 8, EXTENT)).deviceStatus()).isEqualTo(0x0E);
      assertThat(rig.run(ccw(rig, 0x64, 0, 32, DATA)).word2()).isEqualTo(0x0C00_0000);
      assertThat(HexFormat.of().formatHex(get(rig, DATA + 14, 4))).isEqualTo("00000004");
      assertThat(rig.run(ccw(rig, 0x99, SLI, 1, DATA)).deviceStatus()).isEqualTo(0x02);
    }
    try (Rig rig = new Rig(new FbaDisk(directory.resolve("none"), false))) {
      assertThat(rig.run(ccw(rig, 0x63, 0, 16, EXTENT)).deviceStatus()).isEqualTo(0x02);
      assertThat(sense(rig)).as("no disk").isEqualTo("4000");
    }
    try (Rig rig = new Rig(new FbaDisk(file, true))) {
      put(rig, EXTENT, "00 00 0000 00000000 00000000 00000003");
      put(rig, LOCATION, "05 00 0001 00000000");
      assertThat(locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 512, DATA)).deviceStatus()).isEqualTo(0x0E);
      assertThat(sense(rig)).as("a read-only file").isEqualTo("8002");
    }
  }

  @Test
  void eckdWritesAndReadsBack() throws IOException {
    Path file = file(15 * 12 * 4096);
    byte[] record = new byte[4096];
    new Random(2).nextBytes(record);
    try (Rig rig = new Rig(new EckdDisk(file, false))) {
      put(rig, EXTENT, "00 C0 1000 00000000 00000001 00000003");
      // Track 2, record 12, then over to track 3.
      put(rig, LOCATION, "01 00 00 02 00000002 000000020C 00 1000");
      put(rig, LOCATION, "01 00 00 02 00000002 00000002 0C 00 1000");
      MemorySegment.copy(MemorySegment.ofArray(record), 0, rig.bytes(), DATA, 4096);
      Scsw end =
          rig.run(
              ccw(rig, 0x63, CC, 16, EXTENT),
              ccw(rig, 0x47, CC, 16, LOCATION),
              ccw(rig, 0x85, CC, 4096, DATA),
              ccw(rig, 0x85, 0, 4096, DATA));
      assertThat(end.word2()).isEqualTo(0x0C00_0000);
      byte[] all = Files.readAllBytes(file);
      int position = (2 * 12 + 11) * 4096;
      assertThat(Arrays.copyOfRange(all, position, position + 4096)).isEqualTo(record);
      assertThat(Arrays.copyOfRange(all, position + 4096, position + 8192)).isEqualTo(record);
      put(rig, LOCATION, "06");
      rig.bytes().asSlice(DATA, 4096).fill((byte) 0);
      assertThat(locate(rig, 0x47, 16, ccw(rig, 0x06, 0, 4096, DATA)).word2())
          .isEqualTo(0x0C00_0000);
      assertThat(get(rig, DATA, 4096)).isEqualTo(record);
    }
  }

  @Test
  void eckdRefusals() throws IOException {
    try (Rig rig = new Rig(new EckdDisk(file(15 * 12 * 4096), false))) {
      put(rig, EXTENT, "40 C0 1000 00000000 00000001 00000003");
      put(rig, LOCATION, "06 00 00 01 00000002 00000002 0D 00 1000");
      assertThat(locate(rig, 0x47, 16, ccw(rig, 0x06, 0, 4096, DATA)).deviceStatus())
          .isEqualTo(0x0E);
      assertThat(sense(rig)).as("record 13").isEqualTo("0008");
      put(rig, LOCATION, "06 00 00 01 00000004 00000004 01 00 1000");
      locate(rig, 0x47, 16, ccw(rig, 0x06, 0, 4096, DATA));
      assertThat(sense(rig)).as("outside the extent").isEqualTo("0004");
      put(rig, LOCATION, "01 00 00 01 00000002 00000002 01 00 1000");
      locate(rig, 0x47, 16, ccw(rig, 0x05, 0, 4096, DATA));
      assertThat(sense(rig)).as("write inhibited").isEqualTo("8002");
      put(rig, LOCATION, "06 00 00 02 00000002 00000002 0C 00 1000");
      Scsw over =
          rig.run(
              ccw(rig, 0x63, CC, 16, EXTENT),
              ccw(rig, 0x47, CC, 16, LOCATION),
              ccw(rig, 0x06, CC, 4096, DATA),
              ccw(rig, 0x06, 0, 4096, DATA));
      assertThat(over.deviceStatus()).isEqualTo(0x02);
      assertThat(sense(rig)).as("not to the next track").isEqualTo("0008");
      put(rig, EXTENT, "00 C0 1000 00000000 0000000F 0000000F");
      assertThat(rig.run(ccw(rig, 0x63, 0, 16, EXTENT)).deviceStatus()).isEqualTo(0x0E);
      assertThat(rig.run(ccw(rig, 0x64, 0, 64, DATA)).word2()).isEqualTo(0x0C00_0000);
      assertThat(HexFormat.of().formatHex(get(rig, DATA, 16)))
          .isEqualTo("3990e933900c0000000000000001000f");
      assertThat(rig.run(ccw(rig, 0xFA, 0, 256, DATA)).word2()).isEqualTo(0x0C00_0000);
    }
  }

  /** A disk file whose file system has room for so many more bytes. */
  private static final class Cramped extends BlockFile {
    private int room;

    Cramped(Path path, int room) {
      super(path, false);
      this.room = room;
    }

    @Override
    void writeSome(long position, ByteBuffer buffer) throws IOException {
      if (room == 0) {
        throw new IOException("No space left on device");
      }
      ByteBuffer fits = buffer.slice().limit(Math.min(room, buffer.remaining()));
      room -= fits.limit();
      buffer.position(buffer.position() + fits.limit());
      super.writeSome(position, fits);
    }
  }

  @Test
  void aWriteForWhichTheFileSystemHasNoRoomEndsWithAnEquipmentCheck() throws IOException {
    Path file = file(15 * 12 * 4096);
    Cramped fba = new Cramped(file, 512 + 100);
    try (Rig rig = new Rig(new FbaDisk(fba))) {
      put(rig, EXTENT, "00 00 0000 00000000 00000000 00000003");
      put(rig, LOCATION, "05 00 0002 00000000");
      put(rig, DATA, "01");
      failsAndGoesOn(rig, fba, () -> locate(rig, 0x43, 8, ccw(rig, 0x41, 0, 1024, DATA)));
      assertThat(Files.readAllBytes(file)).startsWith(1, 0, 0, 0);
    }
    Cramped eckd = new Cramped(file, 100);
    try (Rig rig = new Rig(new EckdDisk(eckd))) {
      put(rig, EXTENT, "00 C0 1000 00000000 00000001 00000003");
      put(rig, LOCATION, "01 00 00 02 00000002 00000002 01 00 1000");
      failsAndGoesOn(rig, eckd, () -> locate(rig, 0x47, 16, ccw(rig, 0x05, 0, 4096, DATA)));
    }
  }

  private static void failsAndGoesOn(Rig rig, Cramped file, Supplier<Scsw> write) {
    assertThat(write.get().deviceStatus()).as("status of the write").isEqualTo(0x0E);
    assertThat(sense(rig)).as("equipment check").isEqualTo("1000");
    file.room = Integer.MAX_VALUE;
    assertThat(write.get().word2()).as("the same write, with room").isEqualTo(0x0C00_0000);
  }

  @Test
  void lineConsole() {
    LineConsole console = new LineConsole(true);
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    console.connect(screen::writeBytes);
    try (Rig rig = new Rig(console)) {
      put(rig, DATA, "C8C5D3D3D6");
      assertThat(rig.run(ccw(rig, 0x09, 0, 5, DATA)).word2()).isEqualTo(0x0C00_0000);
      assertThat(screen.toByteArray()).isEqualTo(get(rig, DATA, 5));
      console.input(new byte[] {1, 2, 3});
      assertThat(rig.await().scsw().deviceStatus()).isEqualTo(0x80);
      assertThat(rig.run(ccw(rig, 0x0A, SLI, 160, DATA)).word2()).isEqualTo(0x0C00_009D);
      assertThat(get(rig, DATA, 3)).isEqualTo(new byte[] {1, 2, 3});
      // A read that waits for its line.
      rig.program(0, ccw(rig, 0x0A, SLI, 160, DATA));
      assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
      rig.flush();
      assertThat(rig.scsw().has(Scsw.DEVICE_ACTIVE)).isTrue();
      console.input(new byte[] {4});
      assertThat(rig.await().scsw().word2()).isEqualTo(0x0C00_009F);
      // Reads that wait and are stopped.
      assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
      rig.flush();
      assertThat(rig.subchannel().hsch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw().has(Scsw.HALT)).isTrue();
      assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
      rig.flush();
      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw().has(Scsw.CLEAR)).isTrue();
      console.input(new byte[] {5});
      assertThat(rig.await().scsw().deviceStatus()).as("nobody reads").isEqualTo(0x80);
      console.disconnect();
      assertThat(rig.run(ccw(rig, 0x01, 0, 5, DATA)).deviceStatus()).isEqualTo(0x02);
      assertThat(sense(rig)).isEqualTo("4000");
    }
    try (Rig rig = new Rig(new LineConsole(false))) {
      assertThat(rig.run(ccw(rig, 0x0A, SLI, 160, DATA)).word2()).isEqualTo(0x0D00_00A0);
      assertThat(rig.run(ccw(rig, 0x0B, SLI, 1, DATA)).deviceStatus()).isEqualTo(0x02);
    }
  }

  @Test
  void terminal() {
    Terminal terminal = new Terminal(Terminal.IDENTITY_BYTES);
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (Rig rig = new Rig(terminal)) {
      assertThat(rig.run(ccw(rig, 0x05, 0, 4, DATA)).deviceStatus()).isEqualTo(0x02);
      assertThat(sense(rig)).isEqualTo("4000");
      assertThat(rig.run(ccw(rig, 0x06, 0, 4, DATA)).deviceStatus()).isEqualTo(0x02);
      terminal.connect(screen::writeBytes);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x11, 0, 0x0400_0000));
      put(rig, DATA, "C3114040");
      assertThat(rig.run(ccw(rig, 0x05, 0, 4, DATA)).word2()).isEqualTo(0x0C00_0000);
      assertThat(screen.toByteArray()).isEqualTo(get(rig, DATA, 4));
      terminal.input(new byte[] {0x7D, 0x40, 0x40});
      assertThat(rig.await().scsw().deviceStatus()).isEqualTo(0x80);
      assertThat(rig.run(ccw(rig, 0x06, SLI, 80, DATA)).word2()).isEqualTo(0x0C00_004D);
      assertThat(get(rig, DATA, 3)).isEqualTo(new byte[] {0x7D, 0x40, 0x40});
      assertThat(rig.run(ccw(rig, 0x07, SLI, 1, DATA)).deviceStatus()).isEqualTo(0x02);
      terminal.disconnect();
      assertThat(rig.unawaited()).isZero();
    }
  }
}
