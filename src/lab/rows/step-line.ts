/** Pixels of the drawing; the label's baseline lies below the line's floor. */
export const WIDTH = 560;
export const HEIGHT = 92;
const LEFT = 64;
const RIGHT = WIDTH - 28;
const TOP = 12;
const FLOOR = 64;

/** Two labels on the scale need so much room between them. */
const LABEL_HEIGHT = 14;
/** Below a point so many pixels hold a few words; more than the most would leave the drawing. */
const LABEL_WIDTH = 84;
const LABEL_WIDTH_MAX = 2 * LEFT;
/** Of a character, on the average. */
const CHARACTER_WIDTH = 6;

export interface StepPoint {
  x: number;
  y: number;
}

/** A step line as pixels. */
export interface StepLine {
  points: readonly StepPoint[];
  /** The line as an SVG path: level until a point, then up or down. */
  path: string;
  /** Where the base's rows lie; null where there are none. */
  base: number | null;
  /** Numbers on the scale that have room. */
  scale: readonly { rows: number; y: number }[];
  /** Whether every point has room for a few words, or only the first and the last. */
  isRoomy: boolean;
  /** So many characters of a label do not reach the next one's. */
  labelCharacters: number;
}

/**
 * Lays out the number of rows after each step, oldest first, from nothing up to the most there ever were.
 *
 * @param base - rows to compare with; null where there are none
 */
export function stepLine(rows: readonly number[], base: number | null): StepLine {
  const most = Math.max(1, base ?? 0, ...rows);
  const yOf = (count: number): number => Math.round(FLOOR - ((FLOOR - TOP) * count) / most);
  const gap = rows.length > 1 ? (RIGHT - LABEL_WIDTH / 2 - LEFT) / (rows.length - 1) : 0;
  const points = rows.map((count, index) => ({ x: Math.round(LEFT + index * gap), y: yOf(count) }));
  const [first, ...rest] = points;
  const steps = rest.map(({ x, y }) => `H${x}V${y}`).join('');
  const marks = [...new Set([most, base ?? rows.at(-1) ?? 0])].map(count => ({ rows: count, y: yOf(count) }));
  const isRoomy = rows.length < 2 || gap >= LABEL_WIDTH;
  const room = isRoomy && rows.length > 1 ? gap - CHARACTER_WIDTH : LABEL_WIDTH_MAX;
  return {
    points,
    path: first ? `M${first.x} ${first.y}${steps}H${RIGHT}` : '',
    base: base === null ? null : yOf(base),
    scale: marks.filter(({ y }, index) => index === 0 || y - marks[0]!.y >= LABEL_HEIGHT),
    isRoomy,
    labelCharacters: Math.floor(Math.min(room, LABEL_WIDTH_MAX) / CHARACTER_WIDTH)
  };
}

/** The dashed line of the base, from end to end. */
export function levelLine(y: number): string {
  return `M${LEFT} ${y}H${RIGHT}`;
}
