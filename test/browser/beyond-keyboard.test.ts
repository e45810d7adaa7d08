import { story } from './story';
import type { Ground } from './tasks';
import { beginBeyond, BEYOND } from './beyond';

let ground: Ground;

afterEach(() => ground?.leave());

story('what the tutorial leaves out is done by keyboard alone, and the keyboard is never lost', async () => {
  ground = await beginBeyond();
  await ground.byKeyboard(BEYOND);
});
