// Takes that were made by hand: in each frame an actor, whose gesture is its class, and a curtain that moves more than the actor
// does. One scale of five channels on 8 x 8 cells of 8 pixels: body, gesture of `a`, gesture of `b`, curtain, floor.
import type { TeachBackbone, TeachTake } from '../../src/teach/index.js';
import { Random } from '../../src/random.js';
import { scalesToTensors } from '../../src/store/features/scales.js';
import { float32 } from '../../src/tensor.js';

/** Frames of a take, edge of its grid, channels. */
export const made = { frames: 6, edge: 8, channels: 5 } as const;

/** Where the actor and the curtain are, `[x0, y0, x1, y1]` in pixels of a picture of 64 x 64. */
export const places = { actor: [8, 32, 24, 48], curtain: [40, 8, 56, 24] } as const;

const axis = { offset: 3.5, stride: 8, extent: 8 };

/** A network that nobody runs. */
export const madeBackbone: TeachBackbone = {
  version: 1,
  settings: { kind: 'onnx' },
  backbone: {
    kind: 'onnx',
    identity: 'made by hand',
    preprocessing: {
      ...{ channels: 'RGB', scale: 1, mean: [0, 0, 0], deviation: [1, 1, 1] },
      ...{ size: { width: 64, height: 64 }, resize: 'stretch' },
    },
    scales: [
      { name: 'made', channels: 5, height: 8, width: 8, geometry: { x: axis, y: axis, source: 'graph' } },
    ],
    outputs: ['made'],
    batch: 1,
  },
};

/** `count` takes of `a` and as many of `b`, each of another person. */
export function madeTakes(count: number): TeachTake[] {
  return (['a', 'b'] as const).flatMap((label) =>
    Array.from({ length: count }, (_, i): TeachTake => {
      const id = `${label}${i}.webm`;
      const times = Array.from({ length: made.frames }, (_, t) => t / 10);
      const picture = { width: 64, height: 64 };
      return { id, label, group: `${label}${i}`, features: featuresOf(label, i), times, picture };
    }),
  );
}

function featuresOf(label: 'a' | 'b', seed: number): TeachTake['features'] {
  const { frames, edge, channels } = made;
  const random = Random.from(seed, 'made', label);
  const data = new Float32Array(frames * channels * edge * edge);
  for (let t = 0; t < frames; t++)
    for (let row = 0; row < edge; row++)
      for (let column = 0; column < edge; column++) {
        const put = (channel: number, value: number): void => {
          data[((t * channels + channel) * edge + row) * edge + column] = value;
        };
        const isIn = ([x0, y0, x1, y1]: readonly [number, number, number, number]): boolean =>
          8 * column >= x0 && 8 * column < x1 && 8 * row >= y0 && 8 * row < y1;
        put(4, 0.2 + 0.02 * random.uniform());
        if (isIn(places.actor)) {
          put(0, 3);
          put(label === 'a' ? 1 : 2, t % 2 === 0 ? 0.5 : 0.6 + 0.05 * random.uniform());
        }
        if (isIn(places.curtain)) put(3, t % 2 === 0 ? 4 : 1);
      }
  return scalesToTensors([float32(data, [frames, channels, edge, edge])], 'int8');
}
