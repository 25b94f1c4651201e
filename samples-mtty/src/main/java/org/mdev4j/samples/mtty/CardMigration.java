package org.mdev4j.samples.mtty;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.migration.MigrationFeatures;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;

/** How a {@link SerialCard} is saved and loaded: {@link CardStream}'s bytes. */
final class CardMigration implements MigrationModel {
  private final SerialCard card;

  CardMigration(SerialCard card) {
    this.card = card;
  }

  @Override
  public MigrationFeatures features() {
    return new MigrationFeatures(true, true);
  }

  @Override
  public long dataSize() {
    return CardStream.size(card.portCount());
  }

  @Override
  public void arc(MigrationState from, MigrationState to) {
    switch (to) {
      case RUNNING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P -> card.resume();
      case STOP, STOP_COPY, RESUMING, ERROR -> card.pause();
    }
  }

  @Override
  public void reset() {
    card.resume();
  }

  @Override
  public Saving save(MigrationState first) {
    return new CardSaving();
  }

  @Override
  public Loading load() {
    return new CardLoading();
  }

  /** The header at once; the ports when the card is stopped. */
  private final class CardSaving implements Saving {
    private boolean headerGiven;
    private boolean portsGiven;

    @Override
    public MemorySegment next(MigrationState state) {
      if (!headerGiven) {
        headerGiven = true;
        return MemorySegment.ofArray(CardStream.header(card.portCount()));
      }
      if (!portsGiven && state == MigrationState.STOP_COPY) {
        portsGiven = true;
        return MemorySegment.ofArray(CardStream.ports(card.save()));
      }
      return MemorySegment.NULL;
    }
  }

  /** Collects the stream; a header that is wrong stays wrong. */
  private final class CardLoading implements Loading {
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private boolean bad;

    @Override
    public void write(MemorySegment bytes) {
      if (stream.size() + bytes.byteSize() > dataSize()) {
        throw new ErrnoException(
            Errno.ENOMEM, "a saved card has " + dataSize() + " bytes, and more were written");
      }
      int before = stream.size();
      stream.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE));
      if (before < CardStream.HEADER_SIZE && stream.size() >= CardStream.HEADER_SIZE) {
        bad = true;
        CardStream.checkHeader(
            Arrays.copyOf(stream.toByteArray(), CardStream.HEADER_SIZE), card.portCount());
        bad = false;
      }
    }

    @Override
    public void finish() {
      if (bad || stream.size() != dataSize()) {
        throw new ErrnoException(
            Errno.EINVAL,
            bad
                ? "the header of the saved state was wrong"
                : "the saved state has " + stream.size() + " of " + dataSize() + " bytes");
      }
      ByteBuffer all = ByteBuffer.wrap(stream.toByteArray());
      ByteBuffer ports = all.slice(CardStream.HEADER_SIZE, all.capacity() - CardStream.HEADER_SIZE);
      card.load(CardStream.ports(ports, card.portCount()));
    }
  }
}
