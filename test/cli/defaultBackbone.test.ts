// The network of commands that name none: fetched, found, named by the environment, or the small one with a word on it.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findHubModel } from '../../src/backbone/hub/catalogue.js';
import { parametersOf } from '../../src/backbone/weights/read.js';
import { repositoryFolder } from '../../src/backbone/hub/cache.js';
import { chooseBackbone } from '../../src/cli/chooseBackbone.js';
import type { Shell } from '../../src/cli/shell.js';
import { encodeSafetensors } from '../../src/model/index.js';
import { commit, openFakeHub, type FakeHub } from '../backbone/fakeHub.js';
import { formulaWeights } from '../backbone/formula.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { command } from './command.js';

let folder: string;
let data: string;
let hub: FakeHub;
const inside = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-default-'));
  data = inside('clips');
  await writeTinyWorld(data, 4, { frames: 6 });
  await writeFile(inside('settings.json'), JSON.stringify({ actors: { mosaics: 0 } })); // most of the time, and no matter here
  hub = await openFakeHub(encodeSafetensors(formulaWeights(parametersOf({ kind: 'resnet50' }), 3)));
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

/** `train` as a process, with a cache of its own. */
function train(
  out: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; said: string; printed: string }> {
  const env = { ...process.env, WHEREWHEN_BACKBONE: '', HF_HUB_CACHE: '', ...environment };
  const given = ['train', data, '--out', inside(out), '--frames', '3', '--size', '64', '--epochs', '1'];
  given.push('--settings', inside('settings.json'));
  const child = spawn(process.execPath, [...command, ...given, ...args], { env });
  let [printed, said] = ['', ''];
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (said += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said, printed })));
}

async function backboneOf(model: string): Promise<Record<string, unknown>> {
  const config = JSON.parse(await readFile(inside(model, 'config.json'), 'utf8')) as {
    backbone: Record<string, unknown>;
  };
  return config.backbone;
}

describe('train without a backbone', () => {
  it('fetches a ResNet-50 once, says its size, licence and place, trains on two scales of it, and finds it the next time', async () => {
    const cache = { HF_HOME: inside('hub'), HF_ENDPOINT: hub.url };
    const first = await train('first', [], cache);
    expect(first.code, first.said).toBe(0);
    expect(first.said).toMatch(
      /resnet50\.tv_in1k, 94 MB, BSD-3-Clause, is fetched from the hub, once, and kept in .*models--timm--resnet50\.tv_in1k\n/,
    );
    expect(await backboneOf('first')).toMatchObject({
      ...{ kind: 'resnet50', stages: ['layer3', 'layer4'], isFrozen: true },
      scaleChannels: [1024, 2048],
    });
    const asked = hub.requests.length;
    const offline = { HF_HOME: cache.HF_HOME, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '1' };
    const again = await train('first', ['--resume'], offline);
    expect([again.code, again.said]).toEqual([0, expect.not.stringMatching(/warning|fetched/)]);
    expect(hub.requests.length).toBe(asked);
  }, 300_000);

  it('says offline what is missing, what to expect and what to bring, and still ends', async () => {
    const ended = await train('offline', ['--offline'], { HF_HOME: inside('empty') });
    expect(ended.code, ended.said).toBe(0);
    expect(ended.said).toMatch(
      /warning: no pretrained network is here.*--offline.*\n.*from scratch.*\n50 % of 20 clips .*95 %.*\n.*bring model\.safetensors of timm\/resnet50\.tv_in1k .*--weights FILE;\n.*--backbone onnx:FILE/,
    );
    expect(await backboneOf('offline')).toMatchObject({ kind: 'small' });
  });
});

describe('the network that is chosen', () => {
  const said: string[] = [];
  const shell = {
    say: (text: string) => void said.push(text),
    report: (_: object, text: string) => void said.push(text),
    progress: () => ({ update: () => undefined, stop: () => undefined }),
  } as unknown as Shell;

  function environment(more: Record<string, string>): void {
    said.length = 0;
    const all = { WHEREWHEN_BACKBONE: '', HF_HUB_CACHE: '', HF_HUB_OFFLINE: '1', ...more };
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  }
  afterEach(() => vi.unstubAllEnvs());

  /** A cache that holds an empty file of each name. */
  async function cacheOf(name: string, ...models: string[]): Promise<string> {
    const HF_HOME = inside(name);
    for (const one of models) {
      const model = findHubModel(one);
      const repository = repositoryFolder(model, { HF_HOME });
      const file = join(repository, 'snapshots', commit, model.file);
      for (const place of [join(file, '..'), join(repository, 'refs')])
        await mkdir(place, { recursive: true });
      await writeFile(file, '');
      await writeFile(join(repository, 'refs', 'main'), commit);
    }
    return HF_HOME;
  }

  it('is the one that the environment names, before all others', async () => {
    const file = inside('net.onnx');
    await writeFile(file, tinyOnnx());
    environment({ WHEREWHEN_BACKBONE: `onnx+caffe:${file}`, HF_HOME: await cacheOf('named', 'resnet50') });
    expect(await chooseBackbone(shell, { data })).toEqual({
      ...{ kind: 'onnx', file, preprocessing: 'caffe', outputs: 'auto' },
    });
    environment({ WHEREWHEN_BACKBONE: 'small' });
    expect(await chooseBackbone(shell, { data })).toBeUndefined();
  });

  it('is one in the cache: a ResNet-50 before a transformer before smaller ResNets, and a ResNet where stages are trained', async () => {
    environment({ HF_HOME: await cacheOf('some', 'resnet18', 'dinov2-small') });
    expect(await chooseBackbone(shell, { data })).toEqual({ kind: 'onnx', weights: 'dinov2-small' });
    expect(said.join()).toMatch(/dinov2-small \(Apache-2\.0\), pretrained, from .*model\.onnx/);
    expect(await chooseBackbone(shell, { data, isResnet: true })).toEqual({
      ...{ kind: 'resnet18', weights: 'resnet18.tv_in1k', stages: ['layer3', 'layer4'] },
    });
    environment({ HF_HOME: await cacheOf('some', 'resnet50.a1_in1k') });
    expect(await chooseBackbone(shell, { data })).toMatchObject({ weights: 'resnet50.a1_in1k' });
  });

  it('is that of weights that are named alone', async () => {
    environment({ HF_HOME: inside('none') });
    expect(await chooseBackbone(shell, { data, weights: 'a.pth' })).toEqual({
      ...{ kind: 'resnet50', stages: ['layer3', 'layer4'], weights: 'a.pth' },
    });
    expect(await chooseBackbone(shell, { data, weights: 'a.onnx', preprocessing: 'caffe' })).toEqual({
      ...{ kind: 'onnx', file: 'a.onnx', outputs: 'auto', preprocessing: 'caffe' },
    });
  });

  it('is the small one for clips that `synth` made, whatever the cache holds', async () => {
    const world = inside('world');
    await mkdir(join(world, 'stripes'), { recursive: true });
    await writeFile(join(world, 'truth.json'), '{}');
    environment({ HF_HOME: await cacheOf('full', 'resnet50') });
    expect(await chooseBackbone(shell, { data: world })).toBeUndefined();
    expect(said).toEqual([]);
    await mkdir(join(world, 'running')); // no class of a world
    expect(await chooseBackbone(shell, { data: world })).toMatchObject({ kind: 'resnet50' });
  });

  it('is the small one with a warning where the hub refuses or does not answer, and an error where stages are trained', async () => {
    const gone = await openFakeHub(new Uint8Array(10));
    await gone.close();
    environment({ HF_HOME: inside('none'), HF_ENDPOINT: gone.url, HF_HUB_OFFLINE: '' });
    expect(await chooseBackbone(shell, { data })).toBeUndefined();
    expect(said.join()).toMatch(/ECONNREFUSED/);
    await expect(chooseBackbone(shell, { data, isResnet: true })).rejects.toThrow(/the hub within reach/);
    hub.faults = { status: 403 };
    environment({ HF_HOME: inside('none'), HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '' });
    expect(await chooseBackbone(shell, { data })).toBeUndefined();
    expect(said.join()).toMatch(/warning: .*status 403/);
    hub.faults = {};
  });
});
