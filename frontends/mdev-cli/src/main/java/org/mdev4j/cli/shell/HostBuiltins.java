// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The commands on modules, uevents and devices. */
final class HostBuiltins {
  private HostBuiltins() {}

  static void modprobe(Call call) {
    List<String> words = call.operands(1, Integer.MAX_VALUE);
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String word : words.subList(1, words.size())) {
      // As a kernel has it, a KEY alone sets a flag.
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      if (key.isEmpty()) {
        throw call.misused("'" + word + "' is not KEY=VALUE");
      }
      parameters.put(key, equals < 0 ? "" : word.substring(equals + 1));
    }
    call.host().modules().modprobe(words.getFirst(), parameters);
  }

  static void rmmod(Call call) {
    call.each(call.operands(1, Integer.MAX_VALUE), call.host().modules()::rmmod);
  }

  static void uevents(Call call) {
    call.operands(0, 0);
    @Nullable List<Uevent> events = null;
    while (events == null) {
      try {
        events = call.session().events().drain();
      } catch (ErrnoException lost) {
        // Those that were not lost are shown all the same.
        call.problem(lost.summary());
      }
    }
    events.forEach(event -> call.line(event.toString()));
  }

  /** Opens the device for a moment, or looks on if it is open. */
  static void screenshot(Call call) throws IOException {
    List<String> operands = call.operands(2, 2);
    if (call.host().modules().loaded("vfio") == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no VFIO device: module vfio is not loaded");
    }
    call.host().modules().modprobe("vfio_iommu_type1");
    Picture picture = Picture.of(call.host(), operands.getFirst(), "mdev shell");
    Path file = Path.of(operands.getLast());
    try {
      picture.writePng(file);
    } catch (IOException failure) {
      throw new IOException("can't write " + file + ": " + failure.getMessage(), failure);
    }
    call.line(picture.width() + "x" + picture.height() + " pixels in " + file);
  }
}
