import { story } from './story';
import type { Ground } from './tasks';
import { beginBeyond, BEYOND } from './beyond';

let ground: Ground;

afterEach(() => ground?.leave());

story('what the tutorial leaves out is done by mouse alone, but for the names that are typed', async () => {
  ground = await beginBeyond();
  await ground.byMouse(BEYOND);
});
