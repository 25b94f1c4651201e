// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.ap.hardware;

/** Whether a queue interrupts. */
public enum InterruptState {
  OFF,
  /** AQIC was accepted; TAPQ still shows no enablement. */
  ENABLING,
  ON,
  /** AQIC was accepted and nothing is announced any more; TAPQ still shows enablement. */
  DISABLING
}
