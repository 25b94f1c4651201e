package org.mdev4j.samples.mtty;

/**
 * A port's state as migration moves it.
 *
 * @param interruptEnable IER
 * @param fifoControl FCR
 * @param lineControl LCR
 * @param modemControl MCR
 * @param scratch SCR
 * @param divisor DLM and DLL
 * @param modemStatus MSR
 * @param receiver the received bytes
 */
record UartState(
    int interruptEnable,
    int fifoControl,
    int lineControl,
    int modemControl,
    int scratch,
    int divisor,
    int modemStatus,
    ReceiveFifo.Saved receiver) {}
