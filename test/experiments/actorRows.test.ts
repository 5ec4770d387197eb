// The rows of the actor form: each part left out or added, on features and flow that are stored once.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ablate, type Ablation, type AblationOptions } from '../../src/experiments/ablation/ablate.js';
import { ablationMarkdown } from '../../src/experiments/ablation/markdown.js';
import { tableOf, type TableRow } from '../../src/experiments/ablation/table.js';
import { Random } from '../../src/random.js';
import { groupsFor, variantNames, variants, type VariantName } from '../../src/train/recipe/variants.js';
import { encodeVideo } from '../../src/video/index.js';
import { runCommand } from '../cli/runCommand.js';
import { writeTinyBackbone } from '../train/tinyFrozen.js';

let folder: string;
let options: AblationOptions;
let ablation: Ablation;
const place = (name: string): string => join(folder, name);
const row = (name: VariantName | 'full'): TableRow =>
  tableOf(ablation).rows.find((one) => one.name === name)!;

const [width, height, frames, side] = [64, 48, 8, 14];

/** A square that sinks, or rises, over ground that stays: a clip tells its class by how the square moves alone, mirrored or not. */
function* pictures(label: string, clip: number): Generator<Uint8Array> {
  const random = Random.from(clip, 'ground');
  const ground = Uint8Array.from({ length: width * height }, () => random.integer(40, 120));
  const things = Uint8Array.from({ length: side * side }, () => random.integer(150, 255));
  for (let t = 0; t < frames; t++) {
    const top = 2 + 4 * (label === 'sinks' ? t : frames - 1 - t);
    const picture = new Uint8Array(width * height * 3);
    for (let p = 0; p < ground.length; p++) {
      const [x, y] = [(p % width) - 24, Math.floor(p / width) - top];
      const isInside = x >= 0 && x < side && y >= 0 && y < side;
      picture.fill(isInside ? things[y * side + x]! : ground[p]!, 3 * p, 3 * p + 3);
    }
    yield picture;
  }
}

async function writeClips(data: string, clips: number): Promise<void> {
  for (const label of ['rises', 'sinks']) {
    await mkdir(join(data, label), { recursive: true });
    for (let i = 0; i < clips; i++)
      await encodeVideo(join(data, label, `clip${i}.mp4`), {
        ...{ width, height, frameRate: 12, quality: 3, frames: pictures(label, i) },
      });
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-actor-rows-'));
  await writeClips(place('data'), 6);
  options = {
    ...{ data: place('data'), out: place('out'), groups: ['actor'], form: 'actor', seeds: 1, epochs: 12 },
    ...{ frames: 4, hidden: 4, test: 0.34, backboneEpochs: 1, group: /(\d)\./ },
    backbone: await writeTinyBackbone(place('net.onnx')),
  };
  ablation = await ablate(options);
}, 400_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('are one for each part, and the mean pool', () => {
  const own = variantNames.filter((name) => variants[name].group === 'actor');
  expect(ablation.rows.map(({ name }) => name)).toEqual(['full', 'form-mean', ...own]);
  expect(ablation.rows.flatMap(({ runs }) => runs.map(({ failure }) => failure))).toEqual(
    ablation.rows.map(() => null),
  );
});

test('have the parameters of the parts that they keep', () => {
  const [classes, channels] = [2, 4];
  const of = (motion: number, difference = 0): number =>
    classes * (channels + 1) + (motion > 0 ? classes * (motion + 1) : 0) + classes * difference;
  const counted = Object.fromEntries(tableOf(ablation).rows.map((one) => [one.name, one.parameters]));
  expect(counted).toMatchObject({
    ...{ full: of(284), 'actor-picture': of(284), 'actor-no-motion': of(0), 'actor-no-flow': of(41) },
    ...{ 'actor-no-path': of(243), 'actor-difference': of(284, channels) },
    ...{ 'actor-no-flow-difference': of(41, channels), 'actor-no-mirror': of(284) },
  });
});

test('tell what sinks from what rises by its flow or its path, and by nothing else', () => {
  const correct = (name: VariantName | 'full'): number => row(name).figures.correct!.value;
  for (const name of ['full', 'actor-no-path', 'actor-no-flow'] as const) expect(correct(name), name).toBe(1);
  for (const name of ['form-mean', 'actor-no-motion'] as const) expect(correct(name), name).toBeLessThan(1);
});

test('differ from the whole form in what they answer, each of them', () => {
  const loss = row('full').figures.crossEntropy!.value;
  for (const { name, figures } of tableOf(ablation).rows.slice(1))
    expect(Math.abs(figures.crossEntropy!.value - loss), name).toBeGreaterThan(1e-6);
  expect(row('actor-picture').figures.area!.value).toBeCloseTo(1, 5); // it looks at every cell alike
  expect(row('full').figures.area!.value).toBeLessThan(0.9);
});

test('store features and flow once, and are not made again', async () => {
  const stored = (await readdir(place('out/features'))).length;
  const reused: number[] = [];
  await ablate({ ...options, onRow: (one) => reused.push(one.reused) });
  expect(reused.at(-1)).toBe(ablation.rows.length);
  expect((await readdir(place('out/features'))).length).toBe(stored);
});

test('stand in the table under their question', () => {
  const text = ablationMarkdown(tableOf(ablation));
  expect(text).toContain('## What does each part of looking at the actor bring?');
  expect(text).toContain('no path: box and flow (`actor-no-path`)');
  expect(text).toContain('the full model is `actor`');
});

test('are no rows of another form, nor other rows of this one', async () => {
  expect(groupsFor('pooled')).not.toContain('actor');
  const asked = ['ablate', place('data'), '--out', place('cli'), '--form', 'actor', '--rows', 'actor,mask'];
  const { code, stderr } = await runCommand(...asked);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--rows: groups that fit --form actor: actor, got mask/);
});
