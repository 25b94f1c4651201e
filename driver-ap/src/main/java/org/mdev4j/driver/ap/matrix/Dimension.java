package org.mdev4j.driver.ap.matrix;

import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;

/** What can be assigned: the three masks of a matrix. */
enum Dimension {
  ADAPTER("adapter") {
    @Override
    ApMask of(ApMatrix matrix) {
      return matrix.apm();
    }

    @Override
    ApMatrix with(ApMatrix matrix, ApMask changed) {
      return matrix.withAdapters(changed);
    }

    @Override
    int max(QciInfo host) {
      return host.maxAdapter();
    }

    @Override
    boolean has(int number, Apqn apqn) {
      return apqn.adapter() == number;
    }
  },
  DOMAIN("domain") {
    @Override
    ApMask of(ApMatrix matrix) {
      return matrix.aqm();
    }

    @Override
    ApMatrix with(ApMatrix matrix, ApMask changed) {
      return matrix.withDomains(changed);
    }

    @Override
    int max(QciInfo host) {
      return host.maxDomain();
    }

    @Override
    boolean has(int number, Apqn apqn) {
      return apqn.domain() == number;
    }
  },
  CONTROL_DOMAIN("control_domain") {
    @Override
    ApMask of(ApMatrix matrix) {
      return matrix.adm();
    }

    @Override
    ApMatrix with(ApMatrix matrix, ApMask changed) {
      return matrix.withControlDomains(changed);
    }

    @Override
    int max(QciInfo host) {
      return host.maxDomain();
    }

    @Override
    boolean has(int number, Apqn apqn) {
      return false;
    }
  };

  private final String text;

  Dimension(String text) {
    this.text = text;
  }

  /** Its name in the names of files. */
  String text() {
    return text;
  }

  /** The mask in a matrix. */
  abstract ApMask of(ApMatrix matrix);

  /** A matrix with the mask changed. */
  abstract ApMatrix with(ApMatrix matrix, ApMask changed);

  /** The highest number that a host can have. */
  abstract int max(QciInfo host);

  /** Whether a queue is in that row or column. */
  abstract boolean has(int number, Apqn apqn);
}
