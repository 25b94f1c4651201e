package org.mdev4j.testkit.contract;

import java.util.Set;

/** What can be wrong with a {@link Gadget}: which tests are to find it, and what they say. */
enum Flaw {
  NONE("keeps the contract", ""),
  STORES_LATER("keeps the contract, and what is written shows later", ""),
  API_CHANGES(
      "says it is another kind of device once it is open", "VfioDevice.api must always be", "1.2"),
  BLANK_IN_TYPE("has a type whose name has a blank", "without blanks", "1.1"),
  NAME_OF_TWO_LINES("has a pretty name of two lines", "a pretty name", "1.3"),
  PARENT_IN_NO_SCOPE(
      "registers its parent in a scope of its own",
      "in the Scope of the ModuleContext",
      leaves("/sys/class/mdev_bus/gadget is still", "/sys/devices/virtual/gadget is still"),
      "1.4",
      "3.3"),
  STATIC_REGISTERS("keeps its registers in a static field", "not in static fields", "1.5", "4.6"),
  COUNTS_ITSELF("refuses what its limit permits", "create refused by gadget", "2.1"),
  LEAKS_IN_PROBE(
      "hands memory to the scope after something that can fail",
      "as soon as it is allocated",
      leaves("host buffers or pinned pages"),
      "2.2"),
  SWALLOWS_FAILURES("goes on when an acquisition fails", "do not catch what is not yours", "2.2"),
  REMEMBERS_UUIDS("takes a UUID once only", "gadget has seen", "2.2", "2.3", "3.1", "3.2"),
  DIES_ON_REQUEST(
      "breaks when it is asked for", "broke the device model", leaves(Gadget.BROKEN), "3.4", "3.5"),
  LEAKS_LEASE(
      "never puts a reference",
      "reference that nobody puts",
      leaves("waits for a reference that nobody puts", "waited for in vain"),
      "3.6",
      "4.2",
      "5.3"),
  LEAKS_IN_OPEN("keeps memory when its open fails", "give back in open", "4.1"),
  KEEPS_STATE("leaves its registers to the next user", "set the device back", "4.2"),
  TIMER_GOES_ON("does not cancel its timer in close", "cancel them in close", "4.3"),
  KEEPS_BUFFERS(
      "gives its buffers back with the device only", "give them back in close", "4.1", "4.3"),
  NOT_THREAD_SAFE(
      "breaks when two threads are in it", "broke the device model", leaves(Gadget.BROKEN), "4.4"),
  DEADLOCKS(
      "never ends an access that comes while another is in it",
      "it stands in",
      leaves("does not end: take locks in one order only"),
      "4.4"),
  RESET_BLOCKS(
      "never ends a reset",
      "timed out after",
      leaves("does not end: take locks in one order only"),
      "4.4",
      "4.5"),
  RESET_FORGETS("leaves its registers in a reset", "set everything back", "4.5"),
  SHARED_REGISTERS("keeps its registers in the MdevDriver", "not in the MdevDriver", "4.6"),
  NO_END_OF_REGIONS(
      "has regions without end",
      "broke the device model",
      leaves("GET_REGION_INFO of ", "read of "),
      "5.1",
      "5.5"),
  INFO_CHANGES("tells another size each time", "a second look", "5.1"),
  OVERLAPS("has two regions in one place", "are apart", "5.2", "5.3", "5.6"),
  WRITES_READ_ONLY("takes writes to a region that is read-only", "without WRITE", "5.3"),
  READS_BEYOND("reads on beyond the end of a region", "check the offset", "5.4"),
  OFFSET_WRAPS("looks at the low bits of an offset only", "check the offset", "5.4"),
  MAPS_OTHER_MEMORY("maps other memory than it reads", "differs from what is read", "5.6"),
  REFUSES_READS("has a region that says READ and is never read", "of which one is answered", "5.3"),
  REFUSES_WRITES("has a region that says WRITE and takes none", "refusesWrites", "5.3"),
  IRQ_NOT_SAID("sets up an interrupt that does not say EVENTFD", "does not say EVENTFD", "6.1"),
  IRQ_NOT_THERE(
      "tells of an interrupt that can't be set up", "is for what is not implemented", "6.1"),
  KEEPS_PINS("does not unpin what is unmapped", "PinsMemory.dmaUnmap", "7.1"),
  BREAKS_ON_FAULT(
      "breaks when memory can't be pinned", "broke the device model", leaves(Gadget.BROKEN), "7.2"),
  LEAKS_THREAD("starts a thread that goes on", "", leaves("thread gadget-worker still runs")),
  LEAKS_FILE("leaves a file open", "", leaves("gadget-file")),
  CLOSE_THROWS("throws in close", "", leaves("close of ")),
  REQUEST_THROWS("throws when it is asked for", "", leaves("request ")),
  SCOPE_ACTION_THROWS("has a scope do what fails", "", leaves("what the scope of ")),
  WORK_THROWS("queues work that fails", "", leaves("work of queue gadget"));

  /** What it does wrong, for people. */
  final String what;

  /** Part of what the first of the tests says. */
  final String message;

  /** Numbers of the tests that fail. */
  final Set<String> tests;

  /** Parts of what is said when hosts are taken down, each sentence having one; none if clean. */
  final Set<String> leaves;

  Flaw(String what, String message, String... tests) {
    this(what, message, leaves(), tests);
  }

  Flaw(String what, String message, Set<String> leaves, String... tests) {
    this.what = what;
    this.message = message;
    this.leaves = leaves;
    this.tests = Set.of(tests);
  }

  /** Whether a call never ends. */
  boolean blocks() {
    return this == DEADLOCKS || this == RESET_BLOCKS;
  }

  private static Set<String> leaves(String... parts) {
    return Set.of(parts);
  }

  @Override
  public String toString() {
    return what;
  }
}
