import { writeFileSync } from 'node:fs';
import type { Jupyter } from './jupyter';

/** Writes `work.ipynb`, whose cells have the ids `cell-0`, `cell-1`, …, to where notebooks lie. */
export function writeNotebook(jupyter: Jupyter, cells: string[]): void {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: cells.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source
    }))
  };
  writeFileSync(jupyter.workFile('work.ipynb'), JSON.stringify(notebook));
}
