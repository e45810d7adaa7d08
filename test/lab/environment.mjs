import { TestEnvironment } from 'jest-environment-jsdom';

/** What JupyterLab expects of a browser and jsdom lacks; Node has the same by the same names. */
const FROM_NODE = [
  'fetch',
  'Request',
  'Response',
  'Headers',
  'ReadableStream',
  'TextEncoder',
  'TextDecoder',
  'structuredClone',
  'BroadcastChannel',
  'Uint8Array'
];

/** jsdom, with what JupyterLab's packages need to be imported and drawn. */
export default class LabEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const { global } = this;
    for (const name of FROM_NODE) {
      global[name] = globalThis[name];
    }
    global.DragEvent = class DragEvent extends global.MouseEvent {};
    global.ResizeObserver = NoObserver;
    global.IntersectionObserver = NoObserver;
    global.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
    global.requestIdleCallback = callback => global.setTimeout(callback, 0);
    global.cancelIdleCallback = id => global.clearTimeout(id);
    Object.defineProperty(global.navigator, 'clipboard', { value: { writeText: async () => {} } });
    // jsdom lays nothing out: scrolling and measuring are no-ops.
    global.Element.prototype.scrollIntoView = () => {};
    global.HTMLCanvasElement.prototype.getContext = () => paper;
  }
}

/** What is drawn on a canvas goes nowhere; a character is 7 pixels wide. */
const paper = new Proxy(
  { measureText: text => ({ width: 7 * text.length }) },
  { get: (target, name) => target[name] ?? (() => {}), set: () => true }
);

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
