// Two small worlds for audits. `discs`: the colour of a disc that comes and goes anywhere is the class. `logo`: discs of any
// colour in both classes, and a mark in the upper left corner of one of them, which gives it away.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../src/random.js';
import { encodeVideo } from '../../src/video/index.js';

const edge = 48;
const frames = 16;
const radius = 8;
const colours = { red: [220, 40, 40], green: [40, 200, 60], blue: [50, 70, 230] } as const;
type Colour = keyof typeof colours;

/** Classes of each world. */
export const worldClasses = { discs: ['blue', 'green', 'red'], logo: ['away', 'home'] } as const;

/** Writes `clips` clips of each class of a world. */
export async function writeWorld(
  folder: string,
  world: keyof typeof worldClasses,
  { clips, seed }: { clips: number; seed: number },
): Promise<void> {
  for (const label of worldClasses[world]) {
    await mkdir(join(folder, label), { recursive: true });
    for (let i = 0; i < clips; i++) {
      const random = Random.from(seed, world, label, i);
      const colour = world === 'discs' ? (label as Colour) : random.pick(Object.keys(colours) as Colour[]);
      const options = { width: edge, height: edge, frameRate: 12, quality: 12 };
      await encodeVideo(join(folder, label, `clip${i}.mp4`), {
        ...options,
        frames: pictures(colours[colour], label === 'home', random),
      });
    }
  }
}

function* pictures(
  colour: readonly [number, number, number],
  hasLogo: boolean,
  random: Random,
): Generator<Uint8Array> {
  const start = random.integer(0, frames - 6);
  const from = [random.integer(radius, edge - radius), random.integer(radius, edge - radius)] as const;
  const way = [random.uniform(-1, 1), random.uniform(-1, 1)] as const;
  const ground = random.integer(70, 150);
  for (let t = 0; t < frames; t++) {
    const picture = new Uint8Array(edge * edge * 3);
    const isActing = t >= start && t < start + 6;
    for (let y = 0; y < edge; y++) {
      for (let x = 0; x < edge; x++) {
        const isDisc =
          isActing &&
          Math.hypot(x - from[0] - way[0] * (t - start), y - from[1] - way[1] * (t - start)) < radius;
        const isLogo = hasLogo && x >= 2 && x < 10 && y >= 2 && y < 10;
        const grey = ground + random.integer(-20, 20);
        const own = isLogo ? [250, 240, (x + y) % 4 < 2 ? 0 : 250] : isDisc ? colour : [grey, grey, grey];
        picture.set(own, (y * edge + x) * 3);
      }
    }
    yield picture;
  }
}
