import { problemsOf } from './image';
import type { Acknowledged } from './witness';

/**
 * A process that looks at images, one after another, until it is disconnected: a damaged store may take the process
 * that maps it into its memory down with it. The first message has what was acknowledged, each other one an image.
 */
let acknowledged: Acknowledged;

process.on('message', (message: { acknowledged: Acknowledged } | { data: string; end: number }) => {
  if ('acknowledged' in message) {
    ({ acknowledged } = message);
    return;
  }
  problemsOf(message.data, acknowledged, message.end).then(
    problems => process.send!(problems),
    (error: Error) => process.send!([`It does not open: ${error.stack}`])
  );
});
