import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { inCheckout } from '../../scripts/checkout.mjs';
import { BadOption, startOptions } from '../../scripts/start/options.mjs';

test('without options: any free port from the usual one on, a browser, folders in the checkout', () => {
  assert.deepEqual(startOptions([]), {
    port: undefined,
    browser: true,
    data: inCheckout('.databranch'),
    notebooks: inCheckout('notebooks'),
    help: false,
    forJupyter: []
  });
});

test('options are taken, and what follows -- goes to JupyterLab', () => {
  const options = startOptions([
    '--port',
    '0',
    '--no-browser',
    '--data',
    'here',
    '--',
    '--ServerApp.quit_button=False'
  ]);
  assert.equal(options.port, 0);
  assert.equal(options.browser, false);
  assert.equal(options.data, resolve('here'));
  assert.deepEqual(options.forJupyter, ['--ServerApp.quit_button=False']);
});

for (const args of [['--port', 'many'], ['--port', '70000'], ['--prot', '1'], ['--port']]) {
  test(`"${args.join(' ')}" is refused`, () => assert.throws(() => startOptions(args), BadOption));
}
