package org.mdev4j.css.bus;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import org.mdev4j.css.layout.BigEndian;

/**
 * What SENSE ID tells of a device.
 *
 * @param cuType control unit type
 * @param cuModel control unit model
 * @param deviceType device type, 0 for none
 * @param deviceModel device model
 */
record CcwIdentity(int cuType, int cuModel, int deviceType, int deviceModel) {
  /** Bytes: 0xFF, control unit type (2), model, device type (2), model. */
  static CcwIdentity of(MemorySegment answer) {
    return new CcwIdentity(
        BigEndian.u16(answer, 1),
        BigEndian.u8(answer, 3),
        BigEndian.u16(answer, 4),
        BigEndian.u8(answer, 6));
  }

  String modalias() {
    String device =
        deviceType == 0
            ? "dtdm"
            : String.format(Locale.ROOT, "dt%04Xdm%02X", deviceType, deviceModel);
    return String.format(Locale.ROOT, "ccw:t%04Xm%02X%s", cuType, cuModel, device);
  }

  String deviceTypeText() {
    return deviceType == 0
        ? "n/a"
        : String.format(Locale.ROOT, "%04x/%02x", deviceType, deviceModel);
  }

  List<String> environment() {
    return List.of(
        String.format(Locale.ROOT, "CU_TYPE=%04X", cuType),
        String.format(Locale.ROOT, "CU_MODEL=%02X", cuModel),
        String.format(Locale.ROOT, "DEV_TYPE=%04X", deviceType),
        String.format(Locale.ROOT, "DEV_MODEL=%02X", deviceModel),
        "MODALIAS=" + modalias());
  }
}
