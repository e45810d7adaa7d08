import { ReactWidget } from '@jupyterlab/ui-components';
import { LabContext } from '../../../src/lab/context';
import type { PickerMatches } from '../../../src/lab/controls/picker';
import { Picker } from '../../../src/lab/controls/picker';
import { act } from '../act';
import { FakeService } from '../fake-service';
import { labOn } from '../lab';
import { allByRole, byRole, click, press, show, type } from '../screen';

let picked: string[];
/** Answers each search when the test says so. */
let answer: Map<string, (matches: PickerMatches) => void>;

beforeEach(async () => {
  picked = [];
  answer = new Map();
  const picker = (
    <LabContext.Provider value={labOn(new FakeService())}>
      <Picker
        label="Branch"
        value="main"
        placeholder="none"
        search={text => new Promise(resolve => answer.set(text, resolve))}
        onPick={id => picked.push(id)}
      />
    </LabContext.Provider>
  );
  await show(ReactWidget.create(picker));
  await click(byRole('button', 'Branch: main'));
  await finds('', 'main', 'test-env');
});

afterEach(() => document.body.replaceChildren());

/** Lets a search come to its end. */
function finds(text: string, ...ids: string[]): Promise<void> {
  return act(() => answer.get(text)!({ items: ids.map(id => ({ id })), more: false }));
}

function field(): HTMLElement {
  return byRole('combobox', 'Search: Branch');
}

test('Enter takes what the arrow keys point at', async () => {
  await press(field(), 'ArrowDown');
  await press(field(), 'Enter');
  expect(picked).toEqual(['test-env']);
  expect(document.activeElement).toBe(byRole('button', 'Branch: main'));
});

test('Enter right after a name takes what that name finds, not what was found before', async () => {
  await type(field(), 'test');
  await press(field(), 'Enter');
  expect(picked).toEqual([]);
  await finds('test', 'test-env');
  expect(picked).toEqual(['test-env']);
});

test('what is known is narrowed down at once, so that nothing moves when the answer comes', async () => {
  await type(field(), 'test');
  expect(allByRole('option').map(option => option.textContent)).toEqual(['test-env']);
  await type(field(), 'tes-');
  expect(allByRole('option')).toEqual([]);
  expect(byRole('dialog', 'Branch').textContent).toContain('Searching …');
  await finds('tes-');
  expect(byRole('dialog', 'Branch').textContent).toContain('Nothing matches.');
});

test('who goes on typing after Enter takes nothing by it', async () => {
  await type(field(), 'tes');
  await press(field(), 'Enter');
  await type(field(), 'test');
  await finds('test', 'test-env');
  expect(picked).toEqual([]);
  expect(allByRole('option').map(option => option.textContent)).toEqual(['test-env']);
});
