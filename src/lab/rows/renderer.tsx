import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { isRowsPayload, ROWS_MIME_TYPE } from './payload.js';

/** Draws what a magic tells of rows. What draws it is loaded with the first one. */
class RenderedRows extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-db-RenderedRows');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const payload: unknown = model.data[ROWS_MIME_TYPE];
    if (isRowsPayload(payload)) {
      const { RowsOutput } = await import('./output.js');
      this._drawn = <RowsOutput payload={payload} trans={this._trans} />;
    } else {
      // Another version made it: the text that comes along says the same.
      const text = model.data['text/plain'];
      this._drawn = (
        <pre>
          {typeof text === 'string'
            ? text
            : this._trans.__('This output was made by another version of Databranch.')}
        </pre>
      );
    }
    this.update();
    await this.renderPromise;
  }

  protected override render(): JSX.Element | null {
    return this._drawn;
  }

  private _drawn: JSX.Element | null = null;
}

/** Makes renderers of {@link ROWS_MIME_TYPE}; preferred over the plain HTML that comes with it. */
export const rowsRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [ROWS_MIME_TYPE],
  defaultRank: 10,
  createRenderer: options =>
    new RenderedRows((options.translator ?? nullTranslator).load('jupyterlab_databranch'))
};
