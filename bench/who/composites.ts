// Pictures of several left-out persons at once, put together from clips with true boxes, so that it is known who does what.
// Layouts that training mosaics have (two beside each other, 2 x 2) and layouts that they do not have.
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';
import { composeMosaic, type MosaicPart } from '../../src/train/actors/mosaics.js';
import type { SampledClip } from '../../src/infer/index.js';
import type { BoxedClip } from '../localisation/where.js';

/** One action in a composite: its class, the cell it is in, and its true boxes, in pixels of the composite. */
export interface ActionTruth {
  label: string;
  cell: Box;
  boxes: Box[][];
}

/** A composite clip and what is true of it. */
export interface Composite {
  name: string;
  clip: SampledClip;
  actions: ActionTruth[];
}

type Cell = Pick<MosaicPart, 'x' | 'y' | 'width' | 'height'>;
type State = MosaicPart['state'];

/** A layout: its cells, and the state of each one's clip. */
interface Layout {
  cells: readonly Cell[];
  states: readonly State[];
  /** Whether the clips that act are of different persons. */
  isMixed?: boolean;
}

const row = (count: number, y = 0, height = 1): Cell[] =>
  Array.from({ length: count }, (_, i) => ({ x: i / count, y, width: 1 / count, height }));
const quarters: Cell[] = [...row(2, 0, 0.5), ...row(2, 0.5, 0.5)];

/** All layouts by name. Letterboxed: a picture of 5 x 4 keeps its shape in half of a square, with bars above and below. */
export const layouts: Readonly<Record<string, Layout>> = {
  beside: { cells: row(2), states: ['acts', 'acts'] },
  above: { cells: row(1, 0, 0.5).concat(row(1, 0.5, 0.5)), states: ['acts', 'acts'] },
  letterboxed: { cells: row(2, 0.3, 0.4), states: ['acts', 'acts'] },
  four: { cells: quarters, states: ['acts', 'acts', 'sways', 'median'] },
  still: { cells: row(2), states: ['acts', 'sways'] },
  three: { cells: row(3), states: ['acts', 'acts', 'acts'] },
  mixed: { cells: row(2), states: ['acts', 'acts'], isMixed: true },
};

const side = 224;

/** Composites of one layout: every clip acts about equally often, beside clips of other actions. */
export function compositesOf(clips: readonly BoxedClip[], layout: string, seed: number): Composite[] {
  const { cells, states, isMixed = false } = layouts[layout]!;
  const random = Random.from(seed, 'composites', layout);
  const acting = states.filter((state) => state === 'acts').length;
  return teams(clips, acting, isMixed, random).map((team, i) => {
    const places = random.shuffle([...cells]);
    const still = random.shuffle(clips.filter((one) => !team.includes(one)));
    const shown = states.map((state, at) => (state === 'acts' ? team[at]! : still[at]!));
    const parts = shown.map((_, at): MosaicPart => ({ clip: at, state: states[at]!, ...places[at]! }));
    const frames = composeMosaic({ parts, seed: i }, (at) => shown[at]!.clip.frames, {
      ...{ frames: 16, size: { width: side, height: side } },
      random: Random.from(seed, layout, i),
    });
    const actions = team.map((one, at) => truthOf(one, places[at]!));
    return { name: `${layout}-${i}`, clip: squareClip(team[0]!.clip, frames), actions };
  });
}

/** Groups of clips of different actions, of one person or of different ones, every clip in about as many. */
function teams(clips: readonly BoxedClip[], size: number, isMixed: boolean, random: Random): BoxedClip[][] {
  const pools = isMixed
    ? [[...clips]]
    : [...new Set(clips.map(personOf))].map((p) => clips.filter((c) => personOf(c) === p));
  const found: BoxedClip[][] = [];
  for (const pool of pools) {
    for (let round = 0; round < 3 * (size === 3 ? 1 : 1); round++) {
      const order = random.shuffle(pool);
      for (let at = 0; at + size <= order.length; at += size) {
        const team = order.slice(at, at + size);
        const labels = new Set(team.map(({ label }) => label));
        const persons = new Set(team.map(personOf));
        if (labels.size === size && (!isMixed || persons.size === size)) found.push(team);
      }
    }
  }
  return found;
}

function personOf({ name }: BoxedClip): string {
  return name.split('/')[1]!.split('_')[0]!;
}

function truthOf({ label, truth, clip: { info } }: BoxedClip, cell: Cell): ActionTruth {
  const [sx, sy] = [(cell.width * side) / info.width, (cell.height * side) / info.height];
  const [x, y] = [cell.x * side, cell.y * side];
  const inside = ([x0, y0, x1, y1]: Box): Box => [x + x0 * sx, y + y0 * sy, x + x1 * sx, y + y1 * sy];
  return {
    label,
    cell: inside([0, 0, info.width, info.height]),
    boxes: truth.map((boxes) => boxes.map(inside)),
  };
}

function squareClip(clip: SampledClip, frames: Uint8Array): SampledClip {
  return { ...clip, frames, info: { ...clip.info, width: side, height: side } };
}
