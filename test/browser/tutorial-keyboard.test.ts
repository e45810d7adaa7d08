import { story } from './story';
import type { Ground } from './tasks';
import { beginTutorial, TUTORIAL } from './tutorial';

let ground: Ground;

afterEach(() => ground?.leave());

story('every task of the tutorial is done by keyboard alone, and the keyboard is never lost', async () => {
  ground = await beginTutorial();
  await ground.byKeyboard(TUTORIAL);
});
