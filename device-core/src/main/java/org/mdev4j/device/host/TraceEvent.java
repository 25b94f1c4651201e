package org.mdev4j.device.host;

import java.util.Map;

/**
 * Something that happened inside a driver, for whoever looks into it: what a kernel's tracepoint
 * writes into the trace buffer. Immutable.
 *
 * @param point the name of the tracepoint, such as {@code vfio_ccw_fsm_event}
 * @param device the device that it is about, by its name on its bus
 * @param fields what the tracepoint tells, in its own words
 */
public record TraceEvent(String point, String device, Map<String, String> fields) {
  public TraceEvent {
    fields = Map.copyOf(fields);
  }
}
