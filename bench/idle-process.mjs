/**
 * Does nothing but look how late its event loop is: what it is held by there is the wait for a core. Answers each
 * message with the longest time in milliseconds between two turns since the last one, as the service's metrics do.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay();
delay.enable();
process.on('message', () => {
  process.send(delay.max / 1e6);
  delay.reset();
});
process.on('disconnect', () => process.exit());
