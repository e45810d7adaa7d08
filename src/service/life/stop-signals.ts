import { isatty } from 'node:tty';

/**
 * Aborts when the process is asked to end, with the reason as a text. A second signal then has its usual
 * effect and ends the process at once, which is safe at any time.
 *
 * SIGTERM and SIGINT always count. SIGHUP counts only while there is a terminal to lose: Node resets signals
 * that `nohup` has set to be ignored, and a service without a terminal was started to outlive its starter.
 */
export function stopSignals(): AbortController {
  const stop = new AbortController();
  const signals: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGHUP' && !isatty(0)) {
      return;
    }
    for (const each of signals) {
      process.off(each, onSignal);
    }
    stop.abort(signal);
  };
  for (const signal of signals) {
    process.on(signal, onSignal);
  }
  return stop;
}
