// A frozen backbone in eight bits from clips to answers: never mixed with float32, kept beside the model.
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExtractor } from '../../src/backbone/index.js';
import { exportOnnx, exportWeb, openModel, readModelFolder } from '../../src/savedModel/index.js';
import { inEightBits } from '../../src/savedModel/eightBits.js';
import { openDataset } from '../../src/dataset/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { train } from '../../src/train/index.js';
import { runCommand } from '../cli/runCommand.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const size = { width: 24, height: 16 };
const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size };

let folder: string;
const at = (name: string): string => join(folder, name);
let settings: { kind: string } & Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-eight-'));
  await writeTinyWorld(at('data'), 6);
  await writeFile(at('net.onnx'), tinyOnnx(size));
  await writeFile(at('net.json'), JSON.stringify({ ...preprocessing, outputs: ['fine'] }));
  settings = { kind: 'onnx', file: at('net.onnx') };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quantised = async (precision: 'auto' | 'int8' = 'int8') => {
  const { clips } = await openDataset(at('data'));
  return inEightBits(settings, { precision, clips, folder: at('store') });
};

describe('a backbone in eight bits', () => {
  it('agrees with float32, has another identity, and is made once for a store', async () => {
    const first = await quantised();
    expect(first.cosine).toBeGreaterThan(0.998);
    expect(first.cosine).toBeLessThan(1);
    expect(first.note).toMatch(
      /^backbone in eight bits: cosine of pooled features [01]\.\d{4} between the two on \d+ frames$/,
    );
    const bytes = await readFile(String(first.settings.file));
    const again = await quantised('auto');
    expect(again.settings).toEqual(first.settings);
    expect((await readFile(String(again.settings.file))).equals(bytes)).toBe(true);
    await using runtime = await openRuntime({ threads: 1 });
    await using exact = await openExtractor(settings, { runtime });
    await using eight = await openExtractor(again.settings, { runtime });
    expect(eight.takesBytes).toBe(true);
    expect(eight.identity).not.toBe(exact.identity);
    expect(eight.scales).toEqual(exact.scales);
  });

  it('opens by itself as any ONNX file does, and its graph tells where cells look', async () => {
    const { settings: own } = await quantised();
    await using runtime = await openRuntime({ threads: 1 });
    await using alone = await openExtractor({ kind: 'onnx', file: String(own.file) }, { runtime });
    expect(alone.scales[0]!.geometry).toEqual((own.geometry as unknown[])[0]);
  });

  it('is left by `auto` where it agrees too little, and a store keeps one for each backbone', async () => {
    const { clips } = await openDataset(at('data'));
    await writeFile(at('other.onnx'), tinyOnnx({ ...size, seed: 2 }));
    const other = { ...settings, file: at('other.onnx'), preprocessing: at('net.json') };
    const options = { precision: 'auto' as const, clips, folder: at('store'), leastCosine: 1.01 };
    const { settings: chosen, isEightBit, note } = await inEightBits(other, options);
    expect([chosen, isEightBit]).toEqual([other, false]);
    expect(note).toMatch(/^backbone in float32: cosine/);
    const files = (await readdir(at('store'))).filter((name) => name.endsWith('.int8.onnx'));
    expect(files).toHaveLength(2);
  });

  it('is refused where a part of the backbone is trained, and without frames', async () => {
    const { clips } = await openDataset(at('data'));
    const options = { precision: 'int8' as const, clips, folder: at('store') };
    await expect(inEightBits({ kind: 'small' }, options)).rejects.toThrow(
      '--precision: float32, or a backbone',
    );
    const front = { kind: 'resnet18', from: 'layer4', weights: 'random' };
    await expect(inEightBits(front, options)).rejects.toThrow('got resnet18, trained from layer4 on');
    const none = inEightBits(settings, { ...options, clips: [], folder: at('empty') });
    await expect(none).rejects.toThrow('at least 2 frames to calibrate on, got 0');
  });
});

describe('a model on features in eight bits', () => {
  beforeAll(async () => {
    const { settings: backbone } = await quantised();
    const recipe = { frames: 5, batch: 4, epochs: 1, backbone, actors: { mosaics: 0 } };
    await train({ data: at('data'), out: at('first'), cache: at('store'), recipe });
    await rename(at('first'), at('model'));
    await rm(at('store'), { recursive: true });
  });

  it('keeps the graph in its own folder, and answers from there after it was moved', async () => {
    const { config } = await readModelFolder(at('model'));
    const kept = JSON.parse(await readFile(at('model/config.json'), 'utf8')) as {
      backbone: { file: string };
    };
    expect(kept.backbone.file).toBe('backbone.int8.onnx');
    expect(config.backbone).toMatchObject({ precision: 'int8', file: at('model/backbone.int8.onnx') });
    const predictor = await openModel(at('model'));
    await predictor.close();
  });

  it('is not answered in float32, nor with another graph', async () => {
    await expect(openModel(at('model'), { precision: 'float32' })).rejects.toThrow(
      /int8 or auto: .*model was trained on features in int8, got float32/,
    );
    await expect(openModel(at('model'), { backboneFile: at('net.onnx') })).rejects.toThrow(
      'the backbone that the model was trained on',
    );
  });

  it('is exported for a page, and as one file, which answer as it does', async () => {
    const web = await exportWeb(at('model'), at('web'));
    expect(web.largestDifference).toBeLessThan(1e-5);
    const own = await readFile(at('model/backbone.int8.onnx')); // the page gets the very file
    expect((await readFile(at('web/backbone.onnx'))).equals(own)).toBe(true);
    const whole = await exportOnnx(at('model'), at('whole.onnx'));
    expect(whole.largestDifference).toBeLessThan(1e-5);
  });
});

describe('--precision', () => {
  it('is taken by extract and train, as --store-precision is, and checked by whatever answers with the model', async () => {
    const backbone = ['--backbone', `onnx:${at('net.onnx')}`];
    const store = await runCommand(
      'extract',
      at('data'),
      ...backbone,
      '--out',
      at('shelf'),
      '--frames',
      '5',
      '--precision',
      'int8',
      '--store-precision',
      'float16',
    );
    expect(store.stderr).toContain('backbone in eight bits: cosine of pooled features');
    expect(store.code).toBe(0);
    const run = ['--frames', '5', '--epochs', '1', '--cache', at('shelf'), '--precision', 'auto', '--json'];
    const stored = ['--store-precision', 'float16'];
    const made = await runCommand('train', at('data'), ...backbone, '--out', at('spoken'), ...run, ...stored);
    expect(made.stderr).toContain('"kind":"precision","precision":"int8"');
    // what `extract` stored is what `train` reads: nothing is computed twice
    expect(made.stderr).toMatch(/"done":12,"total":12,"reused":12/);
    const { config } = await readModelFolder(at('spoken'));
    expect(config.backbone).toMatchObject({ precision: 'int8', stored: 'float16' });
    const clip = (await openDataset(at('data'))).clips[0]!.path;
    const refused = await runCommand('predict', at('spoken'), clip, '--precision', 'float32');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--precision: int8 or auto')]);
    const scored = await runCommand('evaluate', at('spoken'), at('data'), '--precision', 'float32');
    expect([scored.code, scored.stderr]).toEqual([2, expect.stringContaining('--precision: int8 or auto')]);
    const web = await runCommand('export', at('spoken'), '--web', at('page'), '--precision', 'float32');
    expect([web.code, web.stderr]).toEqual([2, expect.stringContaining('--precision: int8 or auto')]);
    const served = await runCommand('serve', at('spoken'), '--precision', 'float32', '--port', '0');
    expect([served.code, served.stderr]).toEqual([2, expect.stringContaining('--precision: int8 or auto')]);
  }, 300_000);
});
