import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownPreprocessing, preprocess } from '../../src/backbone/preprocessing.js';
import { openOnnx, isChannelsLast } from '../../src/backbone/onnxFile.js';
import { stackScales } from '../../src/backbone/stackScales.js';
import { concat, constant, resize } from '../../src/graph/index.js';
import { Random } from '../../src/random.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import { float32, sizeOf, type Shape, type Tensor } from '../../src/tensor.js';
import { readClip } from '../../src/video/index.js';
import { tinyOnnx, type TinyOptions } from './tinyOnnx.js';

const weights = resolve(process.env.WHEREWHEN_WEIGHTS ?? '../shared/weights');
const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
let made = 0;
let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 2 });
});
afterAll(() => runtime.close());

const described = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 12, height: 8 } };

/** A tiny network in a new file, and its description beside it. */
function tiny(description?: unknown, options: TinyOptions = {}): string {
  const stem = join(folder, `net${made++}`);
  writeFileSync(`${stem}.onnx`, tinyOnnx(options));
  if (description !== undefined) writeFileSync(`${stem}.json`, JSON.stringify(description));
  return `${stem}.onnx`;
}

const open = (file: string, more: object = {}) => openOnnx({ file, ...more }, { runtime });

/** A picture that is different everywhere, with soft slopes as a photograph has them. */
function picture(count: number, width: number, height: number): Tensor {
  const data = new Uint8Array(count * height * width * 3);
  for (let i = 0, at = 0; i < count; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const far = Math.hypot(x - width * (0.3 + 0.1 * i), y - height * 0.6);
        data[at++] = Math.round(200 * Math.exp(-far / (width / 4)) + (40 * y) / height);
        data[at++] = Math.round((220 * x) / width + 20 * Math.sin(far / 3) ** 2);
        data[at++] = Math.round(128 + 90 * Math.sin((x + 2 * y) / 9));
      }
    }
  }
  return { dtype: 'uint8', shape: [count, height, width, 3], data };
}

describe('preprocessing', () => {
  const frames: Tensor = {
    dtype: 'uint8',
    shape: [1, 1, 2, 3],
    data: Uint8Array.from([10, 20, 30, 255, 0, 128]), // two pixels: red 10 green 20 blue 30, red 255 green 0 blue 128
  };
  const size = { width: 2, height: 1 };

  it('gives a Caffe network blue first, 0..255 less the means', () => {
    const { data, shape } = preprocess(frames, { ...knownPreprocessing.caffe, size, resize: 'stretch' });
    expect(shape).toEqual([1, 3, 1, 2]);
    expect(Array.from(data, Number)).toEqual([30 - 104, 128 - 104, 20 - 117, 0 - 117, 10 - 123, 255 - 123]);
  });

  it('gives a torchvision network red first, (byte / 255 - mean) / deviation', () => {
    const { data } = preprocess(frames, { ...knownPreprocessing.imagenet, size, resize: 'stretch' });
    const expected = [
      (10 / 255 - 0.485) / 0.229,
      (255 / 255 - 0.485) / 0.229,
      (20 / 255 - 0.456) / 0.224,
      (0 / 255 - 0.456) / 0.224,
      (30 / 255 - 0.406) / 0.225,
      (128 / 255 - 0.406) / 0.225,
    ];
    expected.forEach((value, i) => expect(Number(data[i])).toBeCloseTo(value, 6));
  });
});

const bench = join(
  resolve(process.env.WHEREWHEN_MEDIA ?? '../shared/media'),
  'clips/v_BenchPress_g01_c01.avi',
);

describe.skipIf(!existsSync(bench))(`a frame of a real video (${bench}, skipped where absent)`, () => {
  // frame 40 is limited BT.601. The second pixel has Y 34, Cb 129, Cr 128: 1.1644 (34 - 16) = 21, blue 2.017 more; the third
  // 166, 93, 150: 174.7 + 1.596 * 22, 174.7 + 13.7 - 17.9, 174.7 - 70.6. The first lies on an edge of colours, where chroma is
  // between its samples: `ffmpeg -vf scale=sws_flags=bilinear+accurate_rnd+full_chroma_int` has 141, 138, 167.
  const pixels = [
    { y: 60, x: 100, red: 141, green: 138, blue: 166 },
    { y: 120, x: 160, red: 21, green: 21, blue: 23 },
    { y: 239, x: 319, red: 210, green: 170, blue: 104 },
  ];

  it('becomes the numbers that are worked out by hand for three of its pixels', async () => {
    const { frames: data, shape } = await readClip(bench, { frames: [40] });
    expect(shape).toEqual([1, 240, 320, 3]);
    const frames: Tensor = { dtype: 'uint8', shape, data };
    const numbersAt = (known: 'caffe' | 'imagenet', { y, x }: { y: number; x: number }): number[] => {
      const { data } = preprocess(frames, {
        ...knownPreprocessing[known],
        size: { width: 320, height: 240 },
        resize: 'stretch',
      });
      return [0, 1, 2].map((channel) => Number(data[channel * 76_800 + y * 320 + x]));
    };
    const caffe = pixels.map((pixel) => numbersAt('caffe', pixel));
    expect(caffe).toEqual([
      [62, 21, 18], //      166 - 104, 138 - 117, 141 - 123
      [-81, -96, -102], //  23 - 104, 21 - 117, 21 - 123
      [0, 53, 87], //       104 - 104, 170 - 117, 210 - 123
    ]);
    const [red, green, blue] = numbersAt('imagenet', pixels[0]!);
    expect(red).toBeCloseTo(0.2967, 4); //   141 / 255 = 0.55294; less 0.485 is 0.06794; over 0.229
    expect(green).toBeCloseTo(0.3803, 4); // 138 / 255 = 0.54118; less 0.456 is 0.08518; over 0.224
    expect(blue).toBeCloseTo(1.0888, 4); //  166 / 255 = 0.65098; less 0.406 is 0.24498; over 0.225
  });
});

describe('several scales', () => {
  it('are stacked as the graph resizes and joins them, the finest unchanged', async () => {
    const random = Random.from(1, 'scales');
    const tensor = (shape: Shape): Tensor =>
      float32(
        Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
        shape,
      );
    const [coarse, fine] = [tensor([2, 3, 3, 2]), tensor([2, 2, 7, 5])];
    const node = ({ data, shape }: Tensor) => constant(data as Float32Array, shape);
    const grid = { channels: 5, height: 7, width: 5 };
    const y = concat([resize(node(coarse), { height: 7, width: 5 }), node(fine)], 1);
    const program = await runtime.compile({ outputs: { y }, updates: [] });
    const expected = (await program.run({})).y!.data;
    const ours = stackScales([coarse, fine], grid);
    ours.forEach((value, i) => expect(value).toBeCloseTo(Number(expected[i]), 5));
    expect(Array.from(ours.slice(3 * 35, 5 * 35))).toEqual(Array.from(fine.data.slice(0, 70), Number));
  });
});

describe('an ONNX file', () => {
  it('is described by the JSON beside it: colours, means, size and scales', async () => {
    const file = tiny({ ...described, outputs: ['coarse', 'fine'], input: 'pixels' });
    await using extractor = await open(file);
    expect(extractor.scales).toMatchObject([
      { name: 'coarse', channels: 5, height: 2, width: 3, geometry: { source: 'graph' } },
      { name: 'fine', channels: 4, height: 4, width: 6, geometry: { source: 'graph' } },
    ]);
    expect(extractor.preprocessing).toEqual({ ...described, deviation: [1, 1, 1], resize: 'stretch' });
    const frames = picture(3, 12, 8);
    const features = await extractor.extract(frames);
    const session = await InferenceSession.create(file);
    const pixels = preprocess(frames, extractor.preprocessing);
    const direct = await session.run({
      pixels: new OrtTensor('float32', pixels.data as Float32Array, [3, 3, 8, 12]),
    });
    const fine = direct.fine!.data as Float32Array;
    for (const [frame, channel, cell] of [
      [0, 0, 0],
      [1, 2, 13],
      [2, 3, 23],
    ] as const) {
      const ours = features.data[(frame * 9 + 5 + channel) * 24 + cell];
      expect(Number(ours)).toBeCloseTo(fine[(frame * 4 + channel) * 24 + cell]!, 3);
    }
  });

  it('gives its first output of four axes where none is named, skipping a vector', async () => {
    await using extractor = await open(tiny(described));
    expect(extractor.scales.map(({ name }) => name)).toEqual(['fine']);
  });

  it('is run with as many frames as are asked for where its batch is free, and with its own number where not', async () => {
    for (const [fixed, asked, expected] of [
      [undefined, 5, 5],
      [undefined, undefined, 8],
      [3, 5, 3],
      [1, undefined, 1],
    ] as const) {
      const file = tiny(described, { batch: fixed });
      const seen: number[] = [];
      const spied: Runtime = {
        ...runtime,
        async openModel(model) {
          const program = await runtime.openModel(model);
          return {
            ...program,
            run(feeds, options) {
              seen.push(feeds.pixels!.shape[0]!);
              return program.run(feeds, options);
            },
          };
        },
      };
      await using extractor = await openOnnx({ file }, { runtime: spied, batch: asked });
      expect(extractor.batch).toBe(expected);
      seen.length = 0;
      const { shape } = await extractor.extract(picture(2 * expected + 1, 12, 8));
      expect(shape).toEqual([2 * expected + 1, 4, 4, 6]);
      expect(seen).toEqual([expected, expected, fixed ?? 1]); // a free batch computes nothing for the rest's sake
    }
  });

  it('takes a size that the file fixes without being told', async () => {
    const { channels, scale, mean } = described;
    await using extractor = await open(tiny({ channels, scale, mean }));
    expect(extractor.preprocessing.size).toEqual({ width: 12, height: 8 });
  });

  it.each([
    [
      'no description',
      undefined,
      {},
      /net\d+\.json: a JSON file that says how frames become .*got no readable file \(write one such as \{"channels":"BGR".*--preprocessing imagenet, caffe or FILE\)/,
    ],
    [
      'an unknown colour order',
      { ...described, channels: 'GBR' },
      {},
      /net\d+\.json: channels: .*"RGB"\|"BGR".*, got "GBR"/,
    ],
    ['two means', { ...described, mean: [1, 2] }, {}, /net\d+\.json: mean/],
    [
      'a deviation of 0',
      { ...described, deviation: [1, 0, 1] },
      {},
      /net\d+\.json: deviation: expected positive numbers/,
    ],
    ['an unknown key', { ...described, means: [1, 2, 3] }, {}, /net\d+\.json: .*means/],
    [
      'an output that is not there',
      { ...described, outputs: ['fine', 'layer9'] },
      {},
      /net\d+\.onnx: an output called layer9, got vector .*fine float32 \[frames,4,4,6\] and coarse/,
    ],
    [
      'an output of two axes',
      { ...described, outputs: ['vector'] },
      {},
      /net\d+\.onnx: output vector as float32 \[n,channels,height,width\], got vector float32 \[frames,5\] \(cut the network/,
    ],
    [
      'an input that is not there',
      { ...described, input: 'x' },
      {},
      /net\d+\.onnx: an input called x, got pixels float32/,
    ],
    [
      'another size than the file has',
      { ...described, size: { width: 16, height: 8 } },
      {},
      /net\d+\.onnx: frames of width 12, as the file fixes it, got 16/,
    ],
    ['an option that names a missing output', described, { outputs: ['other'] }, /an output called other/],
  ])('is refused with %s', async (_, description, more, message) => {
    await expect(open(tiny(description), more)).rejects.toThrow(message);
  });

  it.each([
    [{ width: 5000 }, /net\d+\.onnx: frames of 1 to 4096 pixels a side, got 5000x8/],
    [
      { batch: 2 ** 30 },
      /net\d+\.onnx: a batch of frames that fits into 2 GB, got 1073741824 frames of 12x8/,
    ],
  ])('is refused when it takes more than memory holds: %j', async (size, message) => {
    await expect(open(tiny({ ...described, size: undefined }, size))).rejects.toThrow(message);
  });

  it('is refused when it is cut short, no network at all, or not there', async () => {
    const file = tiny(described);
    writeFileSync(file, readFileSync(file).subarray(0, 300));
    await expect(open(file)).rejects.toThrow(/net\d+\.onnx: a network that ONNX Runtime can load, got/);
    await expect(open(join(folder, 'none.onnx'))).rejects.toThrow(
      /none\.onnx: an ONNX file, got nothing there/,
    );
  });

  it('is doubted where its grid is written with channels last, and not where it is tall, wide or small', () => {
    const square = { width: 224, height: 224 };
    const grid = (channels: number, height: number, width: number) => ({
      name: 'x',
      channels,
      height,
      width,
    });
    expect(isChannelsLast(grid(7, 7, 16), square)).toBe(true);
    expect(isChannelsLast(grid(14, 14, 1024), square)).toBe(true);
    expect(isChannelsLast(grid(8, 12, 4), { width: 24, height: 16 })).toBe(true);
    expect(isChannelsLast(grid(512, 7, 7), square)).toBe(false);
    expect(isChannelsLast(grid(7, 7, 7), square)).toBe(false);
    expect(isChannelsLast(grid(64, 9, 16), { width: 256, height: 144 })).toBe(false);
    expect(isChannelsLast(grid(4, 2, 3), { width: 12, height: 8 })).toBe(false);
  });

  it('is refused with a description that is no JSON', async () => {
    const file = tiny(described);
    writeFileSync(file.replace('.onnx', '.json'), '{"channels": RGB}');
    await expect(open(file)).rejects.toThrow(/net\d+\.json: JSON, got/);
  });
});

const googlenet = join(weights, 'googlenet.onnx');

describe.skipIf(!existsSync(googlenet))(`GoogLeNet (${googlenet}, skipped where absent)`, () => {
  it('gives through `onnx:` what ONNX Runtime gives directly, for 5b and 4e at once', async () => {
    const settings = { preprocessing: 'caffe', outputs: ['features', 'features_14'] };
    await using extractor = await openOnnx({ file: googlenet, ...settings }, { runtime, batch: 2 });
    expect(extractor.grid).toEqual({ channels: 1856, height: 14, width: 14 });
    const frames = picture(3, 224, 224);
    const ours = (await extractor.extract(frames)).data as Float32Array;
    const pixels = new Float32Array(3 * 3 * 224 * 224); // by the words of its README, one pixel after the other
    const bytes = frames.data as Uint8Array;
    for (let i = 0; i < 3; i++) {
      for (let at = 0; at < 224 * 224; at++) {
        const [red, green, blue] = [0, 1, 2].map((c) => bytes[(i * 224 * 224 + at) * 3 + c]!);
        [blue! - 104, green! - 117, red! - 123].forEach((value, c) => {
          pixels[(i * 3 + c) * 224 * 224 + at] = value;
        });
      }
    }
    const session = await InferenceSession.create(googlenet, { intraOpNumThreads: 2 });
    const direct = await session.run({ frames: new OrtTensor('float32', pixels, [3, 3, 224, 224]) });
    const fine = direct.features_14!.data as Float32Array;
    const scale = fine.reduce((most, value) => Math.max(most, value), 0);
    let worst = 0;
    for (let i = 0; i < 3; i++) {
      for (let k = 0; k < 832 * 196; k++) {
        worst = Math.max(worst, Math.abs(ours[i * 1856 * 196 + 1024 * 196 + k]! - fine[i * 832 * 196 + k]!));
      }
    }
    expect(scale).toBeGreaterThan(1);
    expect(worst / scale).toBeLessThan(1e-5);
    await using alone = await openOnnx({ file: googlenet, preprocessing: 'caffe' }, { runtime });
    expect(alone.grid).toEqual({ channels: 1024, height: 7, width: 7 });
    const coarse = (await alone.extract(frames)).data as Float32Array;
    const expected = direct.features!.data as Float32Array;
    const most = expected.reduce((a, b) => Math.max(a, b), 0);
    const gap = coarse.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i]!)), 0);
    if (process.env.WHEREWHEN_SHOW) console.log('features_14', worst / scale, 'features', gap / most);
    expect(gap / most).toBeLessThan(1e-5);
  });
});
