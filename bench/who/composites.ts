// Pictures of several left-out persons at once, put together from clips with true boxes, so that it is known who does what.
// Layouts that training mosaics have (two beside each other, 2 x 2) and layouts that they do not have.
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';
import { composeMosaic, type MosaicPart } from '../../src/train/actors/mosaics.js';
import type { Pictures, SampledClip } from '../../src/infer/index.js';
import { scaleClip } from '../../src/video/transform.js';
import type { Size } from '../../src/video/index.js';
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
  /** Who acts, or the first of them. */
  person: string;
  clip: SampledClip;
  pictures: Pictures;
  actions: ActionTruth[];
}

type Cell = Pick<MosaicPart, 'x' | 'y' | 'width' | 'height'>;
type State = MosaicPart['state'];

/** A layout: how many clips wide and high the picture is, its cells in shares of it, and the state of each one's clip. */
interface Layout {
  clips: readonly [across: number, down: number];
  cells: readonly Cell[];
  states: readonly State[];
  /** Whether the clips that act are of different persons. */
  isMixed?: boolean;
}

const row = (count: number, y = 0, height = 1): Cell[] =>
  Array.from({ length: count }, (_, i) => ({ x: i / count, y, width: 1 / count, height }));
const quarters: Cell[] = [...row(2, 0, 0.5), ...row(2, 0.5, 0.5)];

/**
 * All layouts by name. A picture is as large as its clips together and is stretched to what the network takes; letterboxed, it
 * keeps its shape in a square, with bars above and below.
 */
export const layouts: Readonly<Record<string, Layout>> = {
  beside: { clips: [2, 1], cells: row(2), states: ['acts', 'acts'] },
  above: { clips: [1, 2], cells: [...row(1, 0, 0.5), ...row(1, 0.5, 0.5)], states: ['acts', 'acts'] },
  letterboxed: { clips: [2, 2.5], cells: row(2, 0.3, 0.4), states: ['acts', 'acts'] },
  four: { clips: [2, 2], cells: quarters, states: ['acts', 'acts', 'sways', 'median'] },
  still: { clips: [2, 1], cells: row(2), states: ['acts', 'sways'] },
  three: { clips: [3, 1], cells: row(3), states: ['acts', 'acts', 'acts'] },
  mixed: { clips: [2, 1], cells: row(2), states: ['acts', 'acts'], isMixed: true },
};

/** Composites of one layout: every clip acts about equally often, beside clips of other actions. */
export async function compositesOf(
  clips: readonly BoxedClip[],
  layout: string,
  seed: number,
): Promise<Composite[]> {
  const { clips: count, cells, states, isMixed = false } = layouts[layout]!;
  const random = Random.from(seed, 'composites', layout);
  const acting = states.filter((state) => state === 'acts').length;
  const whole = await Promise.all(clips.map(async (one) => [one, (await one.native()).frames] as const));
  const native = new Map(whole);
  const { width, height } = clips[0]!.clip.info;
  const size = { width: Math.round(count[0] * width), height: Math.round(count[1] * height) };
  return teams(clips, acting, isMixed, random).map((team, i) => {
    const places = random.shuffle([...cells]);
    const still = random.shuffle(clips.filter((one) => !team.includes(one)));
    const shown = states.map((state, at) => (state === 'acts' ? team[at]! : still[at]!));
    const parts = shown.map((_, at): MosaicPart => ({ clip: at, state: states[at]!, ...places[at]! }));
    const data = composeMosaic({ parts, seed: i }, (at) => native.get(shown[at]!)!, {
      ...{ frames: 16, size, source: { width, height } },
      random: Random.from(seed, layout, i),
    });
    const covers = { x: 0, y: 0, ...size };
    return {
      name: `${layout}-${i}`,
      person: personOf(team[0]!),
      clip: {
        ...team[0]!.clip,
        frames: scaleClip(data, [16, size.height, size.width, 3], input),
        info: { ...team[0]!.clip.info, ...size },
      },
      pictures: { data, ...size, covers },
      actions: team.map((one, at) => truthOf(one, places[at]!, size)),
    };
  });
}

const input = { width: 224, height: 224 };

/**
 * Groups of clips of different actions, of one person or of different ones, every clip in about as many. Pairs of one person
 * are dealt so that every two actions meet equally often: where like ones meet by chance, chance would be the figure.
 */
function teams(clips: readonly BoxedClip[], size: number, isMixed: boolean, random: Random): BoxedClip[][] {
  const persons = [...new Set(clips.map(personOf))].map((p) => clips.filter((c) => personOf(c) === p));
  if (size === 2 && !isMixed) return meetings(persons, random);
  return (isMixed ? [[...clips]] : persons).flatMap((pool) => drawn(pool, size, isMixed, random));
}

/** Rounds of each person's clips. */
const ROUNDS = 3;

/** Pairs of one person's clips; over all persons every two actions meet equally often, or nearly so. */
function meetings(persons: readonly BoxedClip[][], random: Random): BoxedClip[][] {
  const labels = [...new Set(persons.flat().map(({ label }) => label))];
  const rounds = random.shuffle(roundsOf(random.shuffle(labels)));
  return persons.flatMap((pool, i) =>
    Array.from({ length: ROUNDS }, (_, round) => rounds[(i * ROUNDS + round) % rounds.length]!)
      .flat()
      .map((pair) => pair.map((label) => pool.find((clip) => clip.label === label)))
      .filter((team): team is BoxedClip[] => team.every((clip) => clip !== undefined)),
  );
}

/** Every pair of an even number of things once, in rounds in which each has one partner: all turn about the last one. */
export function roundsOf<T>(things: readonly T[]): [T, T][][] {
  const turning = things.length - 1;
  const at = (place: number): T => things[(place + turning) % turning]!;
  return Array.from({ length: turning }, (_, round) => [
    [at(round), things[turning]!],
    ...Array.from({ length: things.length / 2 - 1 }, (_, i): [T, T] => [
      at(round + i + 1),
      at(round - i - 1),
    ]),
  ]);
}

function drawn(pool: readonly BoxedClip[], size: number, isMixed: boolean, random: Random): BoxedClip[][] {
  const found: BoxedClip[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const order = random.shuffle([...pool]);
    for (let at = 0; at + size <= order.length; at += size) {
      const team = order.slice(at, at + size);
      const labels = new Set(team.map(({ label }) => label));
      const persons = new Set(team.map(personOf));
      if (labels.size === size && (!isMixed || persons.size === size)) found.push(team);
    }
  }
  return found;
}

function personOf({ name }: BoxedClip): string {
  return name.split('/')[1]!.split('_')[0]!;
}

function truthOf({ label, truth, clip: { info } }: BoxedClip, cell: Cell, size: Size): ActionTruth {
  const [sx, sy] = [(cell.width * size.width) / info.width, (cell.height * size.height) / info.height];
  const [x, y] = [cell.x * size.width, cell.y * size.height];
  const inside = ([x0, y0, x1, y1]: Box): Box => [x + x0 * sx, y + y0 * sy, x + x1 * sx, y + y1 * sy];
  return {
    label,
    cell: inside([0, 0, info.width, info.height]),
    boxes: truth.map((boxes) => boxes.map(inside)),
  };
}
