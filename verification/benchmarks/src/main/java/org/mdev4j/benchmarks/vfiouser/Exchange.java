package org.mdev4j.benchmarks.vfiouser;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A request that is sent again and again, and how many bytes come back. */
record Exchange(String name, int socket, MemorySegment request, int answer, MemorySegment into) {
  private static final int HEADER = 16;
  private static final int FIELDS = 16;
  private static final int NO_REPLY = 0x10;
  private static final int MAP_SIZE = 32;
  private static final int DOORBELL = 252;

  static Exchange of(String name, int socket, MemorySegment request, int answer) {
    return new Exchange(name, socket, request, answer, Arena.ofAuto().allocate(1 << 16));
  }

  /** {@code there} bytes, and {@code back} bytes in answer. */
  static Exchange pingPong(int socket, int there, int back) {
    String name = "ping-pong, %d bytes and %d back".formatted(there, back);
    return of(name, socket, Arena.ofAuto().allocate(there), back);
  }

  static Exchange read(int socket) {
    return of("region read, 4 bytes", socket, access(9, 0, 4, 0), HEADER + FIELDS + 4);
  }

  static Exchange write(int socket) {
    return of("region write, 4 bytes", socket, access(10, 0, 4, 4), HEADER + FIELDS);
  }

  /** A write that is not answered. */
  static Exchange posted(int socket) {
    return of("posted write, 4 bytes", socket, access(10, NO_REPLY, 4, 4), 0);
  }

  /** Maps memory without a file. */
  static Exchange map(int socket, long iova, long size) {
    MemorySegment message = message(2, 0, MAP_SIZE);
    message.set(ValueLayout.JAVA_INT, HEADER, MAP_SIZE);
    message.set(ValueLayout.JAVA_INT, HEADER + 4, 3);
    message.set(ValueLayout.JAVA_LONG, HEADER + 16, iova);
    message.set(ValueLayout.JAVA_LONG, HEADER + 24, size);
    return of("map", socket, message, HEADER);
  }

  /** Rings the device's doorbell. */
  static Exchange doorbell(int socket) {
    MemorySegment message = access(10, 0, 4, 4);
    message.set(ValueLayout.JAVA_LONG, HEADER, DOORBELL);
    return of("doorbell", socket, message, HEADER + FIELDS);
  }

  /** Says which version, as every connection must begin. */
  static Exchange version(int socket) {
    byte[] json = "{}\0".getBytes(StandardCharsets.UTF_8);
    MemorySegment message = message(1, 0, 4 + json.length);
    MemorySegment.copy(json, 0, message, ValueLayout.JAVA_BYTE, HEADER + 4, json.length);
    return of("version", socket, message, 0);
  }

  private static MemorySegment access(int command, int flags, int count, int data) {
    MemorySegment message = message(command, flags, FIELDS + data);
    message.set(ValueLayout.JAVA_INT_UNALIGNED, HEADER + 12, count);
    return message;
  }

  private static MemorySegment message(int command, int flags, int payload) {
    MemorySegment message = Arena.ofAuto().allocate(HEADER + payload, 8);
    message.set(ValueLayout.JAVA_SHORT, 2, (short) command);
    message.set(ValueLayout.JAVA_INT, 4, HEADER + payload);
    message.set(ValueLayout.JAVA_INT, 8, flags);
    return message;
  }

  void once() throws Throwable {
    begin();
    end();
  }

  void begin() throws Throwable {
    Sys.send(socket, request, request.byteSize());
  }

  void end() throws Throwable {
    if (answer > 0 && !Sys.receive(socket, into, answer)) {
      throw new IllegalStateException(name + ": no answer");
    }
  }

  /** Bytes of the message that begins in {@code into}, as its header says. */
  int answerSize() {
    return into.get(ValueLayout.JAVA_INT, 4);
  }
}
