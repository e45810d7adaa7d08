#!/usr/bin/env node
/**
 * `npm run bench [-- --only SUITE,…]`: what the service does, beside a yardstick measured in the same run on the same
 * machine. Absolute figures vary with the machine and the hour; the ratios are what counts. Prints a table and writes
 * bench-output/bench.json. docs/performance.md says what the rows mean.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { branches } from './branches.mjs';
import { commits } from './commits.mjs';
import { differences } from './differences.mjs';
import { DurablePut } from './durable-put.mjs';
import { imports } from './imports.mjs';
import { lab, openLab } from './lab.mjs';
import { listings } from './listings.mjs';
import { memory } from './memory.mjs';
import { objects } from './objects.mjs';
import { openRepositories } from './repositories.mjs';
import { dataFolder, startBareServer, startService } from './servers.mjs';
import { rows as rowQuestions } from './rows.mjs';
import { storage } from './storage.mjs';

/** By what they need: objects alone, repositories of many objects, or JupyterLab in a browser. */
const SMALL = { objects, storage, imports, rows: rowQuestions };
const MANY = { listings, commits, differences, branches, memory };
const BROWSER = { lab };

const output = fileURLToPath(new URL('../bench-output', import.meta.url));
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',') ?? Object.keys({ ...SMALL, ...MANY, ...BROWSER });
const rows = [];

try {
  console.log(line('work', 'value', 'yardstick', 'ratio', 'wanted'));
  await run(SMALL, async () => {
    const data = dataFolder();
    const service = await startService(data.path);
    return { service, data: data.path, end: () => service.end().then(data.remove) };
  });
  await run(MANY, openRepositories);
  await run(BROWSER, openLab);
  mkdirSync(output, { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  const result = { machine, at: new Date().toISOString(), rows };
  writeFileSync(`${output}/bench.json`, JSON.stringify(result, null, 2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}

/** Runs those of `suites` that were asked for, on one service. */
async function run(suites, openService) {
  const wanted = Object.entries(suites).filter(([name]) => only.includes(name));
  if (wanted.length === 0) {
    return;
  }
  const bareData = dataFolder();
  const bare = await startBareServer(bareData.path);
  const durablePut = new DurablePut();
  const opened = await openService();
  try {
    for (const [, suite] of wanted) {
      for await (const row of suite({ ...opened, bare, durablePut })) {
        rows.push(judged(row));
        console.log(described(rows.at(-1)));
      }
    }
  } finally {
    await Promise.all([opened.end(), bare.end(), durablePut.end()]);
    bareData.remove();
  }
}

/** A row is a measurement with a yardstick and what is wanted of their ratio, a figure alone, or skipped. */
function judged(row) {
  if (!row.yardstick) {
    return row;
  }
  const ratio = row.value / row.yardstick.value;
  return { ...row, ratio, met: row.atLeast === undefined ? ratio <= row.atMost : ratio >= row.atLeast };
}

function described({ work, value, unit, yardstick, ratio, atLeast, atMost, met, skipped }) {
  if (skipped) {
    return `${work.padEnd(50)}  skipped: ${skipped}`;
  }
  const figure = `${round(value)} ${unit}`;
  if (!yardstick) {
    return line(work, figure, '', '', 'reported');
  }
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return line(
    work,
    figure,
    `${yardstick.name} ${round(yardstick.value)}`,
    ratio.toFixed(ratio < 0.1 ? 3 : 2),
    `${wanted}${met ? '' : '  (missed)'}`
  );
}

function line(work, value, yardstick, ratio, wanted) {
  return `${work.padEnd(50)}${value.padStart(18)}  ${yardstick.padEnd(28)}${ratio.padStart(6)}  ${wanted}`;
}

function round(number) {
  return number >= 100 ? Math.round(number).toLocaleString('en-US') : number.toFixed(2);
}
