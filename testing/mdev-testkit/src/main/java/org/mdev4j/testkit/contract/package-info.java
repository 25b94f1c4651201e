/**
 * What every driver keeps to, as numbered tests: an author extends {@link
 * org.mdev4j.testkit.contract.DriverContract}, says what the driver needs, and gets them all. Each
 * names the page of the specification that it comes from and whether it is required or optional.
 *
 * <p>A chapter of tests is an interface; what the chapters share is beside them. Tests of one
 * driver's own registers live with that driver.
 */
@NullMarked
package org.mdev4j.testkit.contract;

import org.jspecify.annotations.NullMarked;
