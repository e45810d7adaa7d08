import { branchOf, PLACE_CLASS, placeOf } from '../../../src/lab/commands/context';
import { FakeService } from '../fake-service';
import { labOn } from '../lab';

/** A lab whose last context menu was opened on nested elements with these attributes, the inner one first. */
function labWithMenuOn(...elements: Record<string, string>[]): ReturnType<typeof labOn> {
  const lab = labOn(new FakeService());
  lab.app.contextMenuHitTest = test => {
    for (const attributes of elements) {
      const node = document.createElement('div');
      node.className = PLACE_CLASS;
      Object.assign(node.dataset, attributes);
      if (test(node)) {
        return node;
      }
    }
    return undefined;
  };
  return lab;
}

test('a command without arguments is about the current branch, whatever was clicked earlier', async () => {
  const lab = labWithMenuOn({ path: 'precious.csv' });
  await lab.databranch.select('quickstart', 'main');
  expect(placeOf(lab, {})).toEqual({ repository: 'quickstart', branch: 'main' });
});

test('a context menu is about the elements below it, the inner one first', async () => {
  const lab = labWithMenuOn({ path: 'a.csv' }, { path: 'outer', repository: 'other', branch: 'b' });
  await lab.databranch.select('quickstart', 'main');
  expect(placeOf(lab, { at: 'menu' })).toMatchObject({ repository: 'other', branch: 'b', path: 'a.csv' });
});

test("another repository's branch must be named", async () => {
  const lab = labOn(new FakeService());
  await lab.databranch.select('quickstart', 'main');
  expect(branchOf(lab, { repository: 'other' })).toBeUndefined();
  expect(branchOf(lab, { repository: 'other', branch: 'x' })?.name).toBe('x');
});

test('every command describes its arguments', async () => {
  const { commands } = labOn(new FakeService());
  for (const id of commands.listCommands()) {
    const { args } = await commands.describedBy(id);
    expect({ id, type: args?.type }).toEqual({ id, type: 'object' });
    expect(commands.label(id)).not.toBe('');
  }
});
