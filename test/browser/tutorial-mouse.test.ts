import { story } from './story';
import type { Ground } from './tasks';
import { beginTutorial, TUTORIAL } from './tutorial';

let ground: Ground;

afterEach(() => ground?.leave());

story('every task of the tutorial is done by mouse alone, but for the names that are typed', async () => {
  ground = await beginTutorial();
  await ground.byMouse(TUTORIAL);
});
