package org.mdev4j.driver.ap.matrix;

/**
 * Where generations of the kernel differ, and which is followed.
 *
 * @param staticAssignment as Linux 5.15: nothing changes while a guest uses the device, only bound
 *     queues can be assigned, and the guest gets exactly what is assigned
 * @param refilter whether an unassign or a loss filters anew, so that an adapter that is complete
 *     now reaches the guest at once; Linux 6.1 waits for the next assign, probe or scan
 * @param requestInterrupt whether an interrupt asks the user to let go, as later kernels do
 * @param refusesRemovalInUse whether removing a device in use is refused, as up to Linux 5.14
 */
public record Settings(
    boolean staticAssignment,
    boolean refilter,
    boolean requestInterrupt,
    boolean refusesRemovalInUse) {}
