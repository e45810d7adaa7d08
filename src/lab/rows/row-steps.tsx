import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowLogEntry } from '../../protocol/databranch.js';
import { formatAgo, formatCount } from '../format.js';
import { HEIGHT, levelLine, stepLine, WIDTH } from './step-line.js';
import type { Tone } from './verdict.js';

/** Rows along the history as a line, and the same as a list for those who do not see it. */
export function RowSteps(props: {
  /** Oldest first. */
  entries: readonly RowLogEntry[];
  /** What to compare with, where there is something. */
  base?: { ref: string; rows: number | null };
  tone: Tone;
  trans: TranslationBundle;
  /** Whether everybody sees the list; else only what was done last is told below the line. */
  listed?: boolean;
}): JSX.Element {
  const { entries, base, tone, trans, listed = false } = props;
  const line = stepLine(
    entries.map(({ rows }) => rows),
    base?.rows ?? null
  );
  const newest = listed ? undefined : entries.at(-1);
  return (
    <div className="jp-db-Origin">
      <svg className={`jp-mod-${tone}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
        {line.scale.map(({ rows, y }) => (
          <text key={rows} className="jp-db-Origin-scale" x="0" y={y + 4}>
            {formatCount(rows)}
          </text>
        ))}
        {line.base !== null && (
          <path className="jp-db-Origin-base" d={levelLine(line.base)}>
            <title>{base && trans.__('%1 rows on %2', formatCount(base.rows ?? 0), base.ref)}</title>
          </path>
        )}
        <path className="jp-db-Origin-line" d={line.path} />
        {entries.map((entry, index) => {
          const { x, y } = line.points[index]!;
          const isLast = index === entries.length - 1;
          return (
            <g key={entry.commit_id ?? ''} className={entry.commit_id === null ? 'jp-mod-uncommitted' : ''}>
              <title>{tell(entry, trans)}</title>
              <circle className="jp-db-Origin-reach" cx={x} cy={y} r="12" />
              <circle className={isLast ? 'jp-mod-last' : ''} cx={x} cy={y} r={isLast ? 5 : 4} />
              {(line.isRoomy || isLast || index === 0) && (
                <text x={x} y={HEIGHT - 8} textAnchor="middle">
                  {cut(labelOf(entry, trans), line.labelCharacters)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      {newest && (
        // Of the list below, what matters most.
        <p className="jp-db-Origin-newest" aria-hidden>
          {tell(newest, trans)}
        </p>
      )}
      <ol
        className={listed ? 'jp-db-Origin-list' : 'jp-db-Hidden'}
        aria-label={trans.__('Rows along the history, oldest first')}
      >
        {entries.map(entry => (
          <li key={entry.commit_id ?? ''}>{tell(entry, trans)}</li>
        ))}
      </ol>
    </div>
  );
}

function labelOf({ commit_id, commit_message }: RowLogEntry, trans: TranslationBundle): string {
  return commit_id === null ? trans.__('uncommitted') : (commit_message ?? '');
}

/** All that is known of one step in a sentence or two. */
function tell(entry: RowLogEntry, trans: TranslationBundle): string {
  const { date, committer, message } = entry;
  const when = date === null ? '' : trans.__(', %1 by %2', formatAgo(date), committer ?? '?');
  return trans.__('%1%2: %3', labelOf(entry, trans), when, message);
}

function cut(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax - 1).trimEnd()}…` : text;
}
