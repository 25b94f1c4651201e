/**
 * What a message to a served device costs, beside a bare exchange over a pair of sockets. Not JMH:
 * two threads on one CPU, whose medians are wanted.
 */
@NullMarked
package org.mdev4j.benchmarks.vfiouser;

import org.jspecify.annotations.NullMarked;
