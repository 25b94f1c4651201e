package org.mdev4j.vfiouser.client;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;
import org.mdev4j.vfiouser.wire.Command;

/**
 * The interrupts of a remote device: requests go to the server as they are made, with an eventfd
 * for each trigger; what the server signals there is signalled here.
 *
 * <p>Thread-safe: the monitor guards what is bound, and is held during a request and while signals
 * are passed on.
 */
final class RemoteIrqs implements AutoCloseable {
  private static final int ACTIONS =
      IrqSet.ACTION_MASK | IrqSet.ACTION_UNMASK | IrqSet.ACTION_TRIGGER;

  private final Connection connection;
  private final List<IrqIndex> indexes;
  private final Interrupts local;
  private final EventPoller poller = new EventPoller(this);
  private final Map<Vector, Relay> bound = new HashMap<>();

  private record Vector(int index, int number) {}

  /**
   * @param local binds the triggers here, so that listeners are not called under the monitor
   */
  RemoteIrqs(Connection connection, List<IrqIndex> indexes, Interrupts local) {
    this.connection = connection;
    this.indexes = indexes;
    this.local = local;
  }

  /**
   * Carries out a request.
   *
   * @throws ErrnoException as the server refuses; {@code ENOTTY} for masking by eventfds; {@code
   *     EINVAL} for data that is too short
   */
  synchronized void set(IrqSet request) {
    request.checkData();
    int start = request.start();
    if ((request.flags() & IrqSet.DATA_EVENTFD) == 0) {
      send(request.flags(), request.index(), start, request.count(), request.bools(), List.of());
      if (request.count() == 0) {
        bound.keySet().stream()
            .filter(vector -> vector.index() == request.index())
            .toList()
            .forEach(this::unbind);
      }
      return;
    }
    if ((request.flags() & ACTIONS) != IrqSet.ACTION_TRIGGER) {
      throw new ErrnoException(Errno.ENOTTY, "masking and unmasking by eventfds");
    }
    bind(request);
  }

  private void bind(IrqSet request) {
    List<@Nullable TriggerFd> descriptors = request.triggers();
    List<@Nullable Relay> relays = new ArrayList<>();
    try {
      for (TriggerFd descriptor : descriptors) {
        relays.add(descriptor == null ? null : poller.relay(local.bind(descriptor.open())));
      }
      enableAll(request);
      for (int done = 0; done < relays.size(); ) {
        int end = endOfRun(relays, done);
        List<Relay> run =
            relays.subList(done, end).stream()
                .<Relay>mapMulti(
                    (relay, sink) -> {
                      if (relay != null) {
                        sink.accept(relay);
                      }
                    })
                .toList();
        send(
            request.flags(), request.index(), request.start() + done, end - done, new byte[0], run);
        done = end;
      }
    } catch (RuntimeException refused) {
      relays.stream().filter(Objects::nonNull).forEach(Relay::close);
      throw refused;
    }
    for (int i = 0; i < relays.size(); i++) {
      Vector vector = new Vector(request.index(), request.start() + i);
      unbind(vector);
      Relay relay = relays.get(i);
      if (relay != null) {
        bound.put(vector, relay);
      }
    }
  }

  /** A table's size is fixed by the request that enables it, so that has to be one for all. */
  private void enableAll(IrqSet request) {
    boolean several = request.count() > connection.descriptors();
    if (several && indexes.get(request.index()).kind() == IrqIndex.Kind.MSIX) {
      send(
          request.flags(),
          request.index(),
          request.start(),
          request.count(),
          new byte[0],
          List.of());
    }
  }

  /** Eventfds and none don't go together in a message, nor do more than the server takes. */
  private int endOfRun(List<@Nullable Relay> relays, int start) {
    boolean none = relays.get(start) == null;
    int end = start + 1;
    while (end < relays.size()
        && (relays.get(end) == null) == none
        && (none || end - start < connection.descriptors())) {
      end++;
    }
    return end;
  }

  private void send(int flags, int index, int start, int count, byte[] bools, List<Relay> relays) {
    connection.call(
        Command.DEVICE_SET_IRQS,
        request -> {
          request.setLength(IrqSet.HEADER_SIZE + bools.length);
          request.u32(0, IrqSet.HEADER_SIZE + bools.length);
          request.u32(4, flags);
          request.u32(8, index);
          request.u32(12, start);
          request.u32(16, count);
          request.data(IrqSet.HEADER_SIZE, bools.length).copyFrom(MemorySegment.ofArray(bools));
          request.descriptors(relays.stream().mapToInt(Relay::descriptor).toArray());
        });
  }

  /** Signals what is bound, without the server. */
  synchronized void signal(int index, int number) {
    Relay relay = bound.get(new Vector(index, number));
    if (relay != null) {
      relay.trigger().signal();
    }
  }

  private void unbind(Vector vector) {
    Relay relay = bound.remove(vector);
    if (relay != null) {
      relay.close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      bound.values().forEach(Relay::close);
      bound.clear();
    }
    poller.close();
  }
}
