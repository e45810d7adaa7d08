import { ReactWidget } from '@jupyterlab/ui-components';
import { useState } from 'react';
import { Windowed } from '../../../src/lab/controls/windowed';
import { act } from '../act';
import { allByRole, byRole, point, press, show } from '../screen';

const ITEMS = Array.from({ length: 100_000 }, (_, index) => `object-${index}`);

let ends: number;
let rendered: string[];
let read: (items: readonly string[]) => void;

function List(): JSX.Element {
  const [items, setItems] = useState<readonly string[]>(ITEMS);
  read = setItems;
  return (
    <Windowed
      items={items}
      rowHeight={24}
      role="list"
      label="Objects"
      keyOf={item => item}
      renderRow={(item, { active, attended }) => {
        rendered.push(item);
        return (
          <>
            {item}
            {attended && <button tabIndex={active ? 0 : -1} aria-label={`Delete ${item}`} />}
          </>
        );
      }}
      onEnd={() => void ends++}
    />
  );
}

beforeEach(async () => {
  ends = 0;
  rendered = [];
  await show(ReactWidget.create(<List />));
});

afterEach(() => document.body.replaceChildren());

const rows = (): (string | null)[] => allByRole('listitem').map(row => row.textContent);

async function scrollTo(top: number): Promise<void> {
  await act(() => {
    const list = byRole('list', 'Objects');
    list.scrollTop = top;
    list.dispatchEvent(new Event('scroll', { bubbles: true }));
  });
}

test('of a hundred thousand rows only a window is in the document', async () => {
  expect(rows().length).toBeLessThan(60);
  expect(rows()[0]).toBe('object-0');
  await scrollTo(24 * 50_000);
  expect(rows().length).toBeLessThan(60);
  expect(rows()).toContain('object-50000');
});

test('the list says how long it is, and each row where it stands', () => {
  const [first] = allByRole('listitem');
  expect(first!.getAttribute('aria-setsize')).toBe('100000');
  expect(first!.getAttribute('aria-posinset')).toBe('1');
});

test('arrow keys, Home and End move the keyboard, also to rows that were not there', async () => {
  const list = byRole('list', 'Objects');
  await press(list, 'ArrowDown');
  expect(document.activeElement?.textContent).toBe('object-1');
  await press(list, 'End');
  expect(document.activeElement?.textContent).toBe('object-99999');
  await press(list, 'Home');
  expect(document.activeElement?.textContent).toBe('object-0');
});

test('the row with the keyboard stays in the document when it is scrolled away', async () => {
  await press(byRole('list', 'Objects'), 'ArrowDown');
  await scrollTo(24 * 50_000);
  expect(document.activeElement?.textContent).toBe('object-1');
});

test('coming to the end asks for more', async () => {
  expect(ends).toBe(0);
  await scrollTo(24 * 100_000);
  expect(ends).toBe(1);
});

test('a list that was read again while its end is in sight is asked for more again', async () => {
  await scrollTo(24 * 100_000);
  await act(() => read([...ITEMS]));
  expect(ends).toBe(2);
});

test('rows that stay in sight are not rendered again when the list is scrolled', async () => {
  rendered = [];
  await scrollTo(24 * 10);
  expect(rendered.length).toBeGreaterThan(0);
  expect(rendered).not.toContain('object-9');
  expect(rendered).not.toContain('object-20');
});

test('what one does to a row is drawn where the keyboard or the pointer is, and nowhere else', async () => {
  const buttons = (): (string | null)[] =>
    allByRole('button').map(button => button.getAttribute('aria-label'));
  expect(buttons()).toEqual(['Delete object-0']);
  const third = allByRole('listitem')[2]!;
  await point(third);
  expect(buttons()).toEqual(['Delete object-0', 'Delete object-2']);
  expect(byRole('button', 'Delete object-2').tabIndex).toBe(-1);
  await act(() => byRole('button', 'Delete object-2').focus());
  await point(third, false);
  expect(buttons()).toEqual(['Delete object-2']);
  expect(document.activeElement).toBe(byRole('button', 'Delete object-2'));
  expect(byRole('button', 'Delete object-2').tabIndex).toBe(0);
});

test('rows further on take over the elements of those that went, in their order, but for the one with the keyboard', async () => {
  await scrollTo(24 * 1_000);
  const before = allByRole('listitem');
  await point(before[10]!);
  await scrollTo(24 * 5_000);
  const after = allByRole('listitem');
  expect(after.filter(row => !before.includes(row))).toEqual([]);
  const numbers = after.map(row => Number(row.getAttribute('data-index')));
  expect(numbers.slice(0, -1)).toEqual(numbers.slice(0, -1).sort((a, b) => a - b));
  expect(numbers.at(-1)).toBe(0); // it has the keyboard
  expect(after.at(-1)).toBe(before.at(-1));
  expect(allByRole('button').map(button => button.getAttribute('aria-label'))).toEqual(['Delete object-0']);
});

test('where the row with the keyboard is gone, no other row gets the keyboard with its element', async () => {
  await press(byRole('list', 'Objects'), 'ArrowDown');
  const element = document.activeElement!;
  await act(() => read(ITEMS.slice(10_000)));
  expect(element.isConnected).toBe(false);
  expect(rows()).toContain('object-10001');
});
