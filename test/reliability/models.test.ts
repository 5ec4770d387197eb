// Models whose numbers cannot be true are told at the door, and no answer holds what is no number.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerClips, openModel, readModelFolder, writeModelFolder } from '../../src/savedModel/index.js';
import { modelFiles } from '../../src/savedModel/modelFolder.js';
import { WhereWhenError } from '../../src/errors.js';
import { finiteResult, requireFiniteOutputs } from '../../src/infer/finiteAnswer.js';
import { Random } from '../../src/random.js';
import type { Result } from '../../src/result.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { changed, changesOf } from './brokenModels.js';

let folder = '';
const file = (): string => join(folder, 'model', modelFiles.config);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-broken-'));
  await writeTinyModel(join(folder, 'model'), ['left', 'right']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('config.json', () => {
  it('is refused with the place at fault, or holds numbers that a model can have: 120 changes drawn from all', async () => {
    const text = await readFile(file(), 'utf8');
    const config: unknown = JSON.parse(text);
    const drawn = Random.from(3, 'changes').shuffle(changesOf(config)).slice(0, 120);
    let refused = 0;
    for (const change of drawn) {
      await writeFile(file(), changed(config, change));
      const error: unknown = await readModelFolder(join(folder, 'model')).then(
        () => undefined,
        (reason) => reason,
      );
      if (error === undefined) continue;
      expect(error, JSON.stringify(change)).toBeInstanceOf(WhereWhenError);
      expect((error as WhereWhenError).path).toContain('model');
      refused++;
    }
    await writeFile(file(), text);
    expect(refused).toBeGreaterThan(80);
  });

  it.each([
    ['frames', 1e9, 'config.json: frames'],
    ['transform.size.width', 1e9, 'config.json: transform.size.width'],
    ['transform.std.1', 1e-300, 'config.json: transform.std'],
    ['transform.mean.0', 1e30, 'config.json: transform.mean.0'],
    ['attention.hidden', 1e12, 'config.json: attention.hidden'],
    ['grid.height', 4, 'config.json: grid'],
    ['localize', { where: { smoothSpace: 1e9 } }, 'config.json: localize.where.smoothSpace'],
    ['localize', { where: -1 }, 'config.json: localize.where'],
  ])('with %s of %j is refused', async (place, value, path) => {
    const text = await readFile(file(), 'utf8');
    const change = { path: place.split('.'), text: JSON.stringify(value) };
    const config: unknown = { localize: {}, ...(JSON.parse(text) as object) };
    await writeFile(file(), changed(config, change));
    await expect(readModelFolder(join(folder, 'model'))).rejects.toMatchObject({
      code: 'format',
      path: expect.stringContaining(path),
    });
    await writeFile(file(), text);
  });

  it('asks for no more pictures than one tensor holds, though each number is small enough', async () => {
    const text = await readFile(file(), 'utf8');
    const config = JSON.parse(text) as { transform: object };
    const size = { width: 4096, height: 4096 };
    await writeFile(
      file(),
      JSON.stringify({ ...config, frames: 64, transform: { ...config.transform, size } }),
    );
    await expect(readModelFolder(join(folder, 'model'))).rejects.toMatchObject({
      received: '64 of 4096 x 4096',
    });
    await writeFile(file(), text);
  });
});

describe('an answer', () => {
  it('of a network whose sums overflow is an error of each clip, and the others go on', async () => {
    await writeTinyWorld(join(folder, 'world'), 1);
    const { config, tensors } = await readModelFolder(join(folder, 'model'));
    const loud = Object.entries(tensors).map(([name, one]) => {
      const data = (one.data as Float32Array).map((x) => (/classifier|conv/.test(name) ? 1e30 * x : x));
      return [name, { ...one, data }];
    });
    await writeModelFolder(join(folder, 'loud'), { config, tensors: Object.fromEntries(loud) });
    const predictor = await openModel(join(folder, 'loud'), { device: 'cpu', threads: 1 });
    const clips = ['left', 'right'].map((label) => join(folder, 'world', label, 'clip0.mp4'));
    const outcomes = [];
    for await (const outcome of answerClips(predictor, clips)) outcomes.push(outcome);
    await predictor.close();
    expect(outcomes).toMatchObject(
      clips.map((path) => ({
        path,
        error: { code: 'input', path, expected: 'an answer of finite numbers' },
      })),
    );
  });

  it('may hold the logarithm of an attention that is 0, and nothing else that is not finite', () => {
    const tensor = (...data: number[]) => ({
      dtype: 'float32' as const,
      shape: [data.length],
      data: Float32Array.from(data),
    });
    expect(() => requireFiniteOutputs({ logAttention: tensor(-Infinity, 0) }, 'a.mp4')).not.toThrow();
    expect(() => requireFiniteOutputs({ logAttention: tensor(NaN) }, 'a.mp4')).toThrow('NaN in logAttention');
    expect(() => requireFiniteOutputs({ weights: tensor(1, -Infinity) }, 'a.mp4')).toThrow(
      'a.mp4: an answer of',
    );
    const result = { clip: 'a.mp4', frames: [{ weight: 1 }, { weight: NaN }] } as unknown as Result;
    expect(() => finiteResult(result)).toThrow('none at frames.1.weight');
  });
});
