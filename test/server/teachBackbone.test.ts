// The network that the page "Teach" looks with, as the server hands it out.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openExtractor } from '../../src/backbone/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { ServerState } from '../../src/server/api.js';
import { createApp } from '../../src/server/app.js';
import { openServed } from '../../src/server/index.js';
import { TeachBackbone } from '../../src/server/teachBackbone.js';
import { WebModelDescription } from '../../src/infer/webModel.js';
import type { Tensor } from '../../src/tensor.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';

let folder: string;
let settings: { kind: string; [name: string]: unknown };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-teach-'));
  const file = join(folder, 'net.onnx');
  await writeFile(file, tinyOnnx({ width: 24, height: 16 }));
  settings = { kind: 'onnx', file, preprocessing: 'caffe', outputs: ['fine', 'coarse'] };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('hands out the named network with a description that has no place of this machine in it', async () => {
  const served = await openServed({ models: [], backbone: settings, cache: join(folder, 'cache') });
  const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
  const get = async (path: string): Promise<Response> =>
    app.request(`http://localhost/api/${path}`, { headers: { host: 'localhost' } });
  try {
    const state = ServerState.parse(await (await get('state.json')).json());
    expect(state.teach).toEqual({ backbone: 'net.onnx', hub: null });
    const text = await (await get('teach/backbone.json')).text();
    expect(text).not.toContain(folder);
    const { backbone } = JSON.parse(text) as { backbone: unknown };
    const described = WebModelDescription.shape.backbone.parse(backbone);
    expect(described.outputs).toEqual(['fine', 'coarse']);
    await using runtime = await openRuntime({ threads: 1 });
    await using exact = await openExtractor(settings, { runtime });
    expect(described.identity).toBe(exact.identity);
    const bytes = new Uint8Array(await (await get('teach/backbone.onnx')).arrayBuffer());
    const program = await runtime.openModel(bytes);
    const zeros: Tensor = { dtype: 'float32', shape: [1, 3, 16, 24], data: new Float32Array(3 * 16 * 24) };
    expect((await program.run({ pixels: zeros }))['fine']!.shape).toEqual([1, 4, 8, 12]);
    expect((await get('teach/secret')).status).toBe(404);
  } finally {
    await served.close();
  }
});

it('has none without a name and an empty cache, offers the hub, and takes nothing into a copy unasked', async () => {
  const environment = { HF_HOME: join(folder, 'no-hub') };
  const cache = join(folder, 'other');
  const none = new TeachBackbone({ cache, environment });
  expect(await none.entry()).toEqual({ backbone: null, hub: { name: 'resnet18.tv_in1k', megabytes: 47 } });
  await expect(none.file('backbone.onnx')).rejects.toMatchObject({ code: 'missing', path: 'teach' });
  const copy = new TeachBackbone({ cache, environment, isNamedOnly: true });
  expect(await copy.entry()).toEqual({ backbone: null, hub: null });
});

it('writes its files once: a second server finds them', async () => {
  const cache = join(folder, 'twice');
  const { path } = await new TeachBackbone({ settings, cache }).file('backbone.json');
  const before = await readFile(path, 'utf8');
  await writeFile(path, before.replace('"version": 1', '"version": 1 '));
  const again = await new TeachBackbone({ settings, cache }).file('backbone.json');
  expect([again.path, await readFile(path, 'utf8')]).toEqual([path, before.replace('1,', '1 ,')]);
});
