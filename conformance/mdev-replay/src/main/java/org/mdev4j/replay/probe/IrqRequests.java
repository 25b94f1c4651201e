package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.mdev4j.replay.shadow.IrqShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.Eventfd;

/** Reads the arguments of SET_IRQS. */
public final class IrqRequests {
  /** The eventfds of the files about samples. */
  public static final List<String> EVENTFDS = List.of("intx", "msi", "spare");

  /** A descriptor that stands for none. */
  public static final String NONE = "-1";

  private IrqRequests() {}

  /** The request in the words of the model. */
  public static IrqShadow.Request of(Args args, Session session) {
    byte[] data = args.has("data") ? args.bytes("data") : new byte[0];
    String descriptor = descriptor(args);
    Object named = session.named(descriptor);
    return new IrqShadow.Request(
        args.word("argsz"),
        args.word("flags"),
        args.word("index"),
        args.word("start"),
        args.word("count"),
        data.length == 0 ? 0 : data[0],
        descriptor,
        named instanceof Eventfd,
        named != null);
  }

  /** The first descriptor of the data: a name, a number that is not open, or {@link #NONE}. */
  public static String descriptor(Args args) {
    JsonNode eventfd = args.json().path("eventfd");
    // Data without a descriptor is zeros: standard input, which is open and no eventfd.
    return eventfd.isMissingNode() ? "stdin" : eventfd.asText();
  }
}
