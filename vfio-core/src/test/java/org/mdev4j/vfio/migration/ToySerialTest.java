package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;
import static org.mdev4j.vfio.migration.Streams.read;
import static org.mdev4j.vfio.migration.Streams.some;
import static org.mdev4j.vfio.migration.Streams.write;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 4.11, samples 1.7: the sessions of a serial card")
class ToySerialTest {
  private static final int ALL = 1000;

  private final ToySerial card = new ToySerial(Subsets.FULL, 2);
  private final Migration migration = new Migration(card);

  @BeforeEach
  void fill() {
    new Random(4711).nextBytes(card.ports);
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: STOP_COPY without PRE_COPY has everything at once, then 0")
  void stopCopy(MigrationFeatures features) {
    ToySerial source = new ToySerial(features, 1);
    Migration saving = new Migration(source);
    DataFile file = some(saving.set(MigrationState.STOP_COPY));
    assertThat(read(file, ALL)).isEqualTo(stream(source)).hasSize(60);
    assertThat(saving.dataSize()).isEqualTo(60);
    assertThat(read(file, ALL)).isEmpty();
    assertThat(read(file, ALL)).isEmpty();
  }

  @Test
  @DisplayName("vfio 4.11: PRE_COPY has the header; STOP_COPY goes on in the same stream")
  void preCopyThenStopCopy() {
    DataFile file = some(migration.set(MigrationState.PRE_COPY));
    assertThat(read(file, ALL)).isEqualTo(card.header());
    assertThat(read(file, ALL)).isEmpty();
    assertThat(migration.set(MigrationState.STOP_COPY)).isNull();
    assertThat(read(file, ALL)).isEqualTo(card.ports);
    assertThat(read(file, ALL)).isEmpty();
  }

  @Test
  @DisplayName("vfio 4.11: what was not read in PRE_COPY is read first in STOP_COPY")
  void unreadHeader() {
    DataFile file = some(migration.set(MigrationState.PRE_COPY));
    byte[] start = read(file, 5);
    assertThat(migration.set(MigrationState.PRE_COPY_P2P)).isNull();
    assertThat(migration.set(MigrationState.STOP_COPY)).isNull();
    assertThat(concat(start, read(file, ALL))).isEqualTo(stream(card));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 24, 25, 95, 96})
  @DisplayName("vfio 4.11: a read gives as much as was asked for, but at the end")
  void reads(int size) {
    DataFile file = some(migration.set(MigrationState.STOP_COPY));
    byte[] whole = {};
    while (true) {
      byte[] part = read(file, size);
      whole = concat(whole, part);
      if (part.length < size) {
        break;
      }
    }
    assertThat(whole).isEqualTo(stream(card));
    assertThat(file.read(MemorySegment.NULL)).isZero();
  }

  @Test
  @DisplayName("vfio 4.11: PRECOPY_INFO: header bytes not yet read, nothing dirty")
  void precopyInfo() {
    DataFile file = some(migration.set(MigrationState.PRE_COPY));
    assertThat(file.precopyInfo(24)).isEqualTo(new PrecopyInfo(24, 0));
    assertThat(read(file, 10)).hasSize(10);
    assertThat(file.precopyInfo(-1)).isEqualTo(new PrecopyInfo(14, 0));
    migration.set(MigrationState.PRE_COPY_P2P);
    assertThat(read(file, ALL)).hasSize(14);
    assertThat(file.precopyInfo(100)).isEqualTo(new PrecopyInfo(0, 0));
    migration.set(MigrationState.STOP_COPY);
    isRefused(Errno.EINVAL, () -> file.precopyInfo(24));
    assertThat(read(file, ALL)).as("the records are not lost").hasSize(72);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 24, 36, 96})
  @DisplayName("vfio 4.11: what was saved can be loaded, in pieces of any size")
  void roundTrip(int size) {
    ToySerial copy = new ToySerial(Subsets.STOP_COPY, 2);
    Migration target = new Migration(copy);
    DataFile file = some(target.set(MigrationState.RESUMING));
    byte[] stream = stream(card);
    for (int at = 0; at < stream.length; at += size) {
      write(file, Arrays.copyOfRange(stream, at, Math.min(at + size, stream.length)));
    }
    assertThat(target.set(MigrationState.RUNNING)).isNull();
    assertThat(copy.ports).isEqualTo(card.ports);
    Streams.isOver(file);
  }

  @Test
  @DisplayName("vfio 4.11: RESUMING to STOP with too few bytes is EINVAL; the rest may follow")
  void incomplete() {
    ToySerial copy = new ToySerial(Subsets.FULL, 2);
    Migration target = new Migration(copy);
    DataFile file = some(target.set(MigrationState.RESUMING));
    byte[] stream = stream(card);
    write(file, Arrays.copyOf(stream, 95));
    isRefused(Errno.EINVAL, () -> target.set(MigrationState.RUNNING));
    assertThat(target.get()).isEqualTo(MigrationState.RESUMING);
    assertThat(copy.ports).containsOnly(0);
    write(file, Arrays.copyOfRange(stream, 95, 96));
    assertThat(target.set(MigrationState.STOP)).isNull();
    assertThat(copy.ports).isEqualTo(card.ports);
  }

  @Test
  @DisplayName("samples 1.7: a wrong header is EFAULT at once, and EINVAL for good at STOP")
  void wrongHeader() {
    DataFile file = some(migration.set(MigrationState.RESUMING));
    byte[] stream = stream(new ToySerial(Subsets.FULL, 1));
    isRefused(Errno.EFAULT, () -> write(file, stream));
    assertThatNothingIsLoaded(file);
    migration.reset();
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
    assertThat(migration.set(MigrationState.RESUMING)).isNotNull();
  }

  @Test
  @DisplayName("samples 1.7: bytes beyond the total are ENOMEM and do no harm")
  void tooMuch() {
    DataFile file = some(migration.set(MigrationState.RESUMING));
    write(file, stream(card));
    isRefused(Errno.ENOMEM, () -> write(file, new byte[1]));
    assertThat(file.write(MemorySegment.NULL)).isZero();
    migration.set(MigrationState.STOP);
    assertThat(migration.get()).isEqualTo(MigrationState.STOP);
  }

  @Test
  @DisplayName("vfio 4.11: a second session begins afresh")
  void twice() {
    DataFile first = some(migration.set(MigrationState.PRE_COPY));
    assertThat(read(first, 3)).hasSize(3);
    migration.set(MigrationState.RUNNING);
    DataFile second = some(migration.set(MigrationState.STOP_COPY));
    assertThat(read(second, ALL)).isEqualTo(stream(card));
    Streams.isOver(first);
  }

  private void assertThatNothingIsLoaded(DataFile file) {
    byte[] before = card.ports.clone();
    isRefused(Errno.EFAULT, () -> write(file, new byte[card.ports.length - ToySerial.RECORD]));
    isRefused(Errno.EINVAL, () -> migration.set(MigrationState.STOP));
    assertThat(migration.get()).isEqualTo(MigrationState.RESUMING);
    assertThat(card.ports).isEqualTo(before);
  }

  private static byte[] stream(ToySerial of) {
    return concat(of.header(), of.ports);
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
