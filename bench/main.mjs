#!/usr/bin/env node
/**
 * `npm run bench`: what the service does, beside a yardstick measured in the same run on the same machine. Absolute
 * figures vary with the machine and the hour; the ratios are what counts. Prints a table and writes
 * bench-output/bench.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { objects } from './objects.mjs';
import { rows as rowQuestions } from './rows.mjs';
import { startBareServer, startService } from './servers.mjs';
import { versions } from './versions.mjs';

const output = fileURLToPath(new URL('../bench-output', import.meta.url));
const started = [];

try {
  const service = await startService();
  started.push(service);
  const bare = await startBareServer();
  started.push(bare);
  const rows = [];
  console.log(line('work', 'value', 'yardstick', 'ratio', 'wanted'));
  for (const suite of [objects, versions, rowQuestions]) {
    for await (const row of suite({ service, bare })) {
      rows.push(withRatio(row));
      console.log(described(rows.at(-1)));
    }
  }
  mkdirSync(output, { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  writeFileSync(
    `${output}/bench.json`,
    JSON.stringify({ machine, at: new Date().toISOString(), rows }, null, 2)
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await Promise.all(started.map(server => server.end()));
}

function withRatio(row) {
  const ratio = row.value / row.yardstick.value;
  const met = row.atLeast === undefined ? ratio <= row.atMost : ratio >= row.atLeast;
  return { ...row, ratio, met };
}

function described({ work, value, unit, yardstick, ratio, atLeast, atMost, met }) {
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return line(
    work,
    `${round(value)} ${unit}`,
    `${yardstick.name} ${round(yardstick.value)}`,
    ratio.toFixed(2),
    `${wanted}${met ? '' : '  (missed)'}`
  );
}

function line(work, value, yardstick, ratio, wanted) {
  return `${work.padEnd(36)}${value.padStart(18)}  ${yardstick.padEnd(24)}${ratio.padStart(6)}  ${wanted}`;
}

function round(number) {
  return number >= 100 ? Math.round(number).toLocaleString('en-US') : number.toFixed(2);
}
