// The boxes of an answer at one moment: each actor's in the colour of its class and with its name; where no actor is, the
// box that knows no class, thin and dashed. Which boxes, and how they are drawn; the same for page, video and pictures.
import type { Actor, Box, Result } from '../result.js';
import { words } from './sentences.js';
import { classPlaces, lasts, shownActors, shownSegments } from './actors.js';
import { classColour, MARKS } from './colours.js';
import { boxAt, type Moment } from './moments.js';
import { strokeBox, type Brush } from './paint.js';

/** One box to be drawn; `name` is null where it knows no class, `isResting` while its class is not said to happen. */
export interface ActorMark {
  box: Box;
  name: string | null;
  colour: string;
  isResting: boolean;
}

/** What can write besides: both canvases can. */
export type Pen = Brush &
  Pick<CanvasRenderingContext2D, 'fillRect' | 'fillText' | 'font' | 'textBaseline'> & {
    fillStyle: unknown;
    measureText(text: string): { width: number };
  };

/** The marks of one answer. */
export class ActorMarks {
  /** Actors that are told first. */
  readonly #actors: readonly (Actor & { colour: string; name: string })[];
  readonly #told: number;
  readonly #free: readonly (Box | null)[];
  readonly #shown: ReturnType<typeof shownSegments>;

  /** `order`: see {@link classPlaces}. */
  constructor(result: Result, order: readonly string[] = []) {
    const places = classPlaces(result, order);
    const told = shownActors(result);
    const others = result.actors.filter(({ label }) => !told.some((actor) => actor.label === label));
    this.#told = told.length;
    this.#actors = [...told, ...others].map((actor) => ({
      ...actor,
      colour: classColour(places.get(actor.label) ?? 0),
      name: words(actor.label),
    }));
    this.#free = result.frames.map(({ box }) => box);
    this.#shown = shownSegments(result);
  }

  /**
   * What is to be drawn at a moment, the best actor last, so that it lies on top; of one class alone where `only` names it,
   * told or not.
   */
  at(moment: Moment, seconds: number, only: string | null = null): ActorMark[] {
    const actors = this.#actors.filter(({ label }, i) => (only === null ? i < this.#told : label === only));
    const marks = actors.flatMap(({ boxes, segments, colour, name }): ActorMark[] => {
      const box = boxAt(boxes, moment);
      return box ? [{ box, name, colour, isResting: !lasts(segments, seconds) }] : [];
    });
    if (marks.length > 0 || only !== null) return marks.reverse();
    const box = boxAt(this.#free, moment);
    return box ? [{ box, name: null, colour: MARKS.free, isResting: !lasts(this.#shown, seconds) }] : [];
  }
}

/** How marks are drawn: lengths in units of the canvas, names in this font family or not at all. */
export interface MarkStyle {
  scale: [number, number];
  unit: number;
  font: string | null;
  /** Width and height of the picture: names stay inside it. */
  size: { width: number; height: number };
}

/** Draws boxes, then names, so that no box crosses a name. */
export function drawMarks(
  pen: Pen,
  marks: readonly ActorMark[],
  { scale, unit, font, size }: MarkStyle,
): void {
  const boxes = marks.map(({ box }, i) => inset(box, marks.slice(0, i), scale, unit));
  marks.forEach(({ colour, name, isResting }, i) => {
    strokeBox(pen, boxes[i]!, { colour, unit, isResting, kind: name === null ? 'free' : 'predicted' });
  });
  if (font === null) return;
  pen.save();
  pen.font = `bold ${Math.round(6.5 * unit)}px ${font}`;
  pen.textBaseline = 'middle';
  const taken: Box[] = [];
  marks.toReversed().forEach(({ name, colour, isResting }, i) => {
    if (name === null) return;
    const chip = { width: pen.measureText(name).width + 5 * unit, height: 9 * unit };
    const place = freePlace(boxes[boxes.length - 1 - i]!, chip, size, taken);
    taken.push([place.x, place.y, place.x + chip.width, place.y + chip.height]);
    pen.globalAlpha = isResting ? 0.6 : 1;
    pen.fillStyle = colour;
    pen.fillRect(place.x, place.y, chip.width, chip.height);
    pen.fillStyle = MARKS.ink;
    pen.fillText(name, place.x + 2.5 * unit, place.y + chip.height / 2);
  });
  pen.restore();
}

/** A box in units of the canvas, drawn inside those that lie at the same place. */
function inset(box: Box, below: readonly ActorMark[], [sx, sy]: [number, number], unit: number): Box {
  const isSame = (other: Box): boolean => other.every((edge, e) => Math.abs(edge - box[e]!) * sx < unit);
  const by = 2 * unit * below.filter((mark) => isSame(mark.box)).length;
  return [box[0] * sx + by, box[1] * sy + by, box[2] * sx - by, box[3] * sy - by];
}

/** Above the box, else below its upper edge, else below it: the first that lies in the picture and on no other name. */
function freePlace(
  [x0, y0, , y1]: Box,
  chip: { width: number; height: number },
  size: { width: number; height: number },
  taken: readonly Box[],
): { x: number; y: number } {
  const x = Math.max(0, Math.min(size.width - chip.width, x0));
  const isFree = (y: number): boolean =>
    y >= 0 &&
    y + chip.height <= size.height &&
    taken.every((one) => x >= one[2] || x + chip.width <= one[0] || y >= one[3] || y + chip.height <= one[1]);
  const y = [y0 - chip.height, y0, y1, y1 - chip.height, y0 + chip.height].find(isFree);
  return { x, y: y ?? Math.max(0, Math.min(size.height - chip.height, y0)) };
}
