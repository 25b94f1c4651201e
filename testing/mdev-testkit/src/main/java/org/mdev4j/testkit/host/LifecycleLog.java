package org.mdev4j.testkit.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;

/** The steps that devices' lives have passed, in order. Thread-safe. */
public final class LifecycleLog {
  /**
   * A step.
   *
   * @param point which
   * @param device the device's UUID; of host memory, the size in bytes
   */
  public record Step(LifecyclePoint point, String device) {}

  private final List<Step> steps = new CopyOnWriteArrayList<>();

  LifecycleLog() {}

  /** All steps so far. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }

  /** How often a device has passed a point. */
  public int count(String device, LifecyclePoint point) {
    return (int) steps.stream().filter(new Step(point, device)::equals).count();
  }

  /** To assert on the steps of one device. */
  public ListAssert<LifecyclePoint> of(String device) {
    return points(step -> step.device.equals(device)).as("steps of %s", device);
  }

  /** To assert on the steps of all devices. */
  public ListAssert<LifecyclePoint> ofAll() {
    return points(_ -> true).as("steps of all devices");
  }

  /** Forgets what was. */
  public void clear() {
    steps.clear();
  }

  void add(LifecyclePoint point, String device) {
    steps.add(new Step(point, device));
  }

  private ListAssert<LifecyclePoint> points(Predicate<Step> wanted) {
    return Assertions.assertThat(steps.stream().filter(wanted).map(Step::point).toList());
  }
}
