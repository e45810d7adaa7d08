import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { checkMachine, nodeObstacle, pythonObstacle } from '../../scripts/checks.mjs';

const python = (version, makesEnvironments = true) => ({
  program: '/usr/bin/python3',
  version,
  makesEnvironments
});

test('a Node that is new enough is no obstacle, an older one is named', () => {
  assert.equal(nodeObstacle('20.0.0'), undefined);
  assert.match(nodeObstacle('18.19.1').what, /18\.19\.1 is too old/);
});

test('a Python from 3.10 on that makes environments is no obstacle', () => {
  assert.equal(pythonObstacle([python([3, 10, 0])], 'apt'), undefined);
  assert.equal(pythonObstacle([python([3, 9, 1]), python([3, 14, 0])], 'apt'), undefined);
});

test('a Python without ensurepip comes with the line that mends it', () => {
  assert.match(
    pythonObstacle([python([3, 11, 2], false)], 'apt').help,
    /^sudo apt-get install -y .*python3\.11-venv$/
  );
});

test('an old Python is named with its place, and the line fits the machine', () => {
  const obstacle = pythonObstacle([python([3, 8, 10])], 'dnf');
  assert.match(obstacle.what, /3\.8\.10 \(\/usr\/bin\/python3\)/);
  assert.match(obstacle.help, /^sudo dnf install/);
  assert.match(pythonObstacle([], 'brew').help, /^brew install python/);
  assert.match(pythonObstacle([], undefined).help, /python\.org/);
});

test('all obstacles are told at once, a full disk among them', async () => {
  const { obstacles } = await checkMachine({ folder: tmpdir(), megabytes: 1e12 });
  assert.match(obstacles.at(-1).what, /MB are needed/);
});
