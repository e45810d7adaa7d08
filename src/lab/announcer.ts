/** A live region for screen readers: JupyterLab has none, and one polite voice is enough. */
export class Announcer {
  constructor(host: HTMLElement = document.body) {
    this._node = document.createElement('div');
    this._node.className = 'jp-db-Announcer';
    this._node.setAttribute('role', 'status');
    this._node.setAttribute('aria-live', 'polite');
    host.appendChild(this._node);
  }

  /** Says a sentence, also when it is the same as the last one. */
  say(sentence: string): void {
    // Screen readers speak only what changes.
    this._node.textContent = this._node.textContent === sentence ? `${sentence}\u00a0` : sentence;
  }

  private readonly _node: HTMLElement;
}
