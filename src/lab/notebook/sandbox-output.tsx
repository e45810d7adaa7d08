import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import { keepFocus } from '../keep-focus.js';
import type { SandboxPayload } from '../rows/sandbox-payload.js';
import { isSandboxPayload, SANDBOX_MIME_TYPE } from '../rows/sandbox-payload.js';
import type { ActingCard } from './sandbox-actions.js';

/** Notebook and cell in which an element lies, for a commit's metadata; empty where they are not known. */
export type WhereIs = (node: HTMLElement) => Record<string, string>;

/** Draws the card of a sandbox cell, with buttons that act. What draws it is loaded with the first one. */
class SandboxOutput extends ReactWidget implements IRenderMime.IRenderer {
  constructor(
    private readonly _lab: Lab,
    private readonly _whereIs: WhereIs
  ) {
    super();
    this.addClass('jp-db-RenderedRows');
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // Its buttons go when what became of the sandbox is written into the notebook, which draws it anew.
    this._focus = keepFocus(this.node.closest<HTMLElement>('.jp-Cell') ?? this.node);
  }

  protected override onBeforeDetach(message: Message): void {
    this._focus?.dispose();
    super.onBeforeDetach(message);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    this._Card = (await import('./sandbox-actions.js')).ActingCard;
    this.update();
    await this.renderPromise;
  }

  protected override render(): JSX.Element | null {
    const { _model: model, _Card: Card } = this;
    if (!model || !Card) {
      return null;
    }
    const payload: unknown = model.data[SANDBOX_MIME_TYPE];
    const { trans } = this._lab;
    if (!isSandboxPayload(payload)) {
      return <p>{trans.__('This card was made by another version of Databranch.')}</p>;
    }
    return (
      <LabContext.Provider value={this._lab}>
        <Card
          payload={payload}
          metadata={() => ({ ...payload.made_from, ...this._whereIs(this.node) })}
          onOutcome={outcome => this._keep({ ...payload, outcome })}
        />
      </LabContext.Provider>
    );
  }

  /** Writes what became of the sandbox into the notebook. */
  private _keep(payload: SandboxPayload): void {
    const model = this._model;
    if (model) {
      model.setData({ data: { ...model.data, [SANDBOX_MIME_TYPE]: payload as unknown as JSONObject } });
      this.update();
    }
  }

  private _model: IRenderMime.IMimeModel | null = null;
  private _Card: typeof ActingCard | undefined;
  private _focus: IDisposable | undefined;
}

/** Makes renderers of {@link SANDBOX_MIME_TYPE}; preferred over the plain HTML that comes with it. */
export function sandboxRendererFactory(lab: Lab, whereIs: WhereIs): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [SANDBOX_MIME_TYPE],
    defaultRank: 10,
    createRenderer: () => new SandboxOutput(lab, whereIs)
  };
}
