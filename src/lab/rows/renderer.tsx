import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { ComparisonTable } from './comparison-table.js';
import { CountTable } from './count-table.js';
import type { RowsPayload } from './payload.js';
import { isRowsPayload, ROWS_MIME_TYPE } from './payload.js';

/** Draws the rows that a magic gives as its result. */
class RenderedRows extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-db-RenderedRows');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const payload: unknown = model.data[ROWS_MIME_TYPE];
    this._payload = isRowsPayload(payload) ? payload : null;
    this.update();
    await this.renderPromise;
  }

  protected override render(): JSX.Element {
    const payload = this._payload;
    const trans = this._trans;
    switch (payload?.kind) {
      case 'comparison': {
        const { datasets, left, right } = payload.result;
        return <ComparisonTable datasets={datasets} left={left} right={right} trans={trans} />;
      }
      case 'count':
        return <CountTable result={payload.result} trans={trans} />;
      default:
        return <p>{trans.__('These row counts were made by another version of Databranch.')}</p>;
    }
  }

  private _payload: RowsPayload | null = null;
}

/** Makes renderers of {@link ROWS_MIME_TYPE}; preferred over the plain HTML that comes with it. */
export const rowsRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [ROWS_MIME_TYPE],
  defaultRank: 10,
  createRenderer: options =>
    new RenderedRows((options.translator ?? nullTranslator).load('jupyterlab_databranch'))
};
