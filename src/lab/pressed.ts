/**
 * What ends a press. A move with no button down: the release was seen by something else, e.g. another window. And whoever
 * scrolls by dragging is not about to click.
 */
const ENDS = ['pointerup', 'pointercancel', 'pointermove', 'scroll', 'blur'] as const;

/** Resolves with the end of the press that is under way. */
let released: Promise<void> | undefined;

/**
 * Waits while the main button of the pointer is down. A click needs its press and its release on the same element: where an
 * answer came between the two, drew something and moved the element, the click would be lost.
 */
export async function unpressed(): Promise<void> {
  await released;
}

window.addEventListener(
  'pointerdown',
  ({ button }) => {
    if (button === 0) {
      released ??= untilReleased();
    }
  },
  true
);

function untilReleased(): Promise<void> {
  return new Promise(resolve => {
    const end = (event: Event): void => {
      const isDrag = event.type === 'pointermove' && (event as PointerEvent).buttons !== 0;
      // What had the keyboard loses it to what is pressed: only the whole window's loss is meant.
      const isElements = event.type === 'blur' && event.target !== window;
      if (isDrag || isElements) {
        return;
      }
      ENDS.forEach(type => window.removeEventListener(type, end, true));
      // The click comes after the release, in the same task: this is the next one.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        released = undefined;
        resolve();
      };
      port2.postMessage(undefined);
    };
    ENDS.forEach(type => window.addEventListener(type, end, true));
  });
}
