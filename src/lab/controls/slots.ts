/**
 * Which of the elements that are drawn shows which row. A row that stays drawn keeps its element. Where most rows go, those
 * that come take over their elements, since new words in an element take a fraction of making it. Where most stay, they do
 * not: React would move all that stay behind the few that come.
 */
export class Slots {
  /**
   * Hands out the elements, by a number of each.
   *
   * @param keys - of the rows that are to be drawn, each once
   * @param current - of these, the row with the keyboard: nobody takes over its element, or the keyboard with it
   */
  of(keys: readonly string[], current: string | undefined): readonly number[] {
    const wanted = new Set(keys);
    const free: number[] = [];
    for (const [key, slot] of this._taken) {
      if (!wanted.has(key) && key !== this._current) {
        free.push(slot);
      }
    }
    const stay = keys.filter(key => this._taken.has(key)).length;
    const reused = (stay < free.length ? free : []).values();
    const slots = keys.map(key => this._taken.get(key) ?? reused.next().value ?? this._made++);
    this._taken = new Map(keys.map((key, at) => [key, slots[at]!]));
    this._current = current;
    return slots;
  }

  private _taken: ReadonlyMap<string, number> = new Map();
  private _current: string | undefined;
  private _made = 0;
}
