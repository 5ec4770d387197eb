import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchWeights, type FetchOptions } from '../../src/backbone/hub/fetchFile.js';
import { findCached, hubCache, repositoryFolder } from '../../src/backbone/hub/cache.js';
import { findHubModel, hubModels } from '../../src/backbone/hub/catalogue.js';
import { parseBackboneSpec } from '../../src/backbone/index.js';
import { weightFile } from '../../src/backbone/parameters.js';
import { Random } from '../../src/random.js';
import { commit, openFakeHub, type FakeHub } from './fakeHub.js';

const random = Random.from(1, 'hub');
const bytes = Uint8Array.from({ length: 50_000 }, () => random.integer(0, 256));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const model = findHubModel('resnet18');

let hub: FakeHub;
let environment: Record<string, string>;
beforeAll(async () => {
  hub = await openFakeHub(bytes);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.faults = {};
  hub.requests.length = 0;
  const HF_HOME = mkdtempSync(join(tmpdir(), 'hub-'));
  environment = { HF_HOME, HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_test' };
});

const get = (options: FetchOptions = {}) =>
  fetchWeights(model, { environment, stallSeconds: 5, tries: 3, ...options });
const blobs = (): string => join(repositoryFolder(model, environment), 'blobs');
const part = (): string => join(blobs(), `${sha256}.incomplete`);

/** What an earlier, broken off try left. */
function leave(left: Uint8Array): void {
  mkdirSync(blobs(), { recursive: true });
  writeFileSync(part(), left);
}

describe('weights from the hub', () => {
  it("come into the hub's own cache layout, whole and checked", async () => {
    const told: number[] = [];
    const { path, isCached } = await get({ onProgress: (done) => told.push(done) });
    expect(isCached).toBe(false);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    const folder = join(environment.HF_HOME!, 'hub', 'models--timm--resnet18.tv_in1k');
    expect(path).toBe(join(folder, 'snapshots', commit, 'model.safetensors'));
    expect(lstatSync(path).isSymbolicLink() && readlinkSync(path)).toBe(`../../blobs/${sha256}`);
    expect(readFileSync(join(folder, 'refs', 'main'), 'utf8')).toBe(commit);
    expect(readdirSync(join(folder, 'blobs'))).toEqual([sha256]);
    expect(told.at(-1)).toBe(bytes.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(await findCached(model, environment)).toBe(path);
    expect(await weightFile({ kind: 'resnet18' }, environment)).toBe(path);
    expect(hub.requests.map(({ method, path: at }) => `${method} ${at}`)).toEqual([
      'HEAD /timm/resnet18.tv_in1k/resolve/main/model.safetensors',
      'GET /timm/resnet18.tv_in1k/resolve/main/model.safetensors',
      'GET /blob',
    ]);
  });

  it('are asked for with the token, which the storage behind the hub does not see', async () => {
    await get();
    expect(hub.requests.map(({ token }) => token)).toEqual(['Bearer hf_test', 'Bearer hf_test', undefined]);
  });

  it('are not fetched twice, but again when the cached file was damaged', async () => {
    const { path } = await get();
    hub.requests.length = 0;
    expect((await get()).isCached).toBe(true);
    expect(hub.requests.map(({ method }) => method)).toEqual(['HEAD']);
    writeFileSync(realpathSync(path), bytes.subarray(0, 100));
    expect((await get()).isCached).toBe(false);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
  });

  it('go on behind what is there when the connection is cut', async () => {
    hub.faults = { cutAfter: 20_000, cuts: 2 };
    const { path } = await get();
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    const ranges = hub.requests.map(({ range }) => range).filter((range) => range !== undefined);
    expect(ranges.length).toBeGreaterThanOrEqual(2);
    for (const range of ranges) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('go on where an earlier command stopped', async () => {
    leave(bytes.subarray(0, 30_000));
    const told: [number, number][] = [];
    const { path } = await get({ onProgress: (done, _total, reused) => told.push([done, reused]) });
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    expect(hub.requests.at(-1)!.range).toBe('bytes=30000-');
    expect(told[0]![0]).toBeGreaterThan(30_000);
    expect(told.every(([, reused]) => reused === 30_000)).toBe(true);
  });

  it('start anew where the server refuses ranges', async () => {
    leave(Uint8Array.from({ length: 30_000 }, () => 7));
    hub.faults = { refusesRange: true };
    expect(readFileSync((await get()).path)).toEqual(Buffer.from(bytes));
  });

  it('that stop coming keep what came, and the error says which file to bring', async () => {
    hub.faults = { isStuck: true };
    await expect(get({ stallSeconds: 0.5 })).rejects.toThrow(
      /resnet18\.tv_in1k: the hub within reach, got (?:nothing came for 0\.5 s|no answer in time) \(bring model\.safetensors of timm\/resnet18\.tv_in1k .*--weights FILE\)/,
    );
    expect(readFileSync(part())).toEqual(Buffer.from(bytes.subarray(0, 1000)));
    expect(await findCached(model, environment)).toBeUndefined();
  });

  it('may come slowly', async () => {
    hub.faults = { pause: 5 };
    expect(readFileSync((await get()).path)).toEqual(Buffer.from(bytes));
  });

  it('with another hash are thrown away', async () => {
    hub.faults = { isHashWrong: true };
    await expect(get()).rejects.toThrow(
      /resnet18\.tv_in1k: 50000 bytes of SHA-256 [01]{64}, got 50000 bytes of /,
    );
    expect(readdirSync(blobs())).toEqual([]);
    expect(await findCached(model, environment)).toBeUndefined();
  });

  it('continued from damaged bytes are thrown away, and whole the next time', async () => {
    leave(Uint8Array.from({ length: 30_000 }, () => 7));
    await expect(get()).rejects.toThrow(/50000 bytes of SHA-256/);
    expect(readFileSync((await get()).path)).toEqual(Buffer.from(bytes));
  });

  it('are never joined from a wrong place', async () => {
    leave(bytes.subarray(0, 30_000));
    hub.faults = { isRangeWrong: true };
    await expect(get()).rejects.toThrow(/got the hub sent bytes 29990-.* instead of byte 30000/);
    expect(readFileSync(part())).toEqual(Buffer.from(bytes.subarray(0, 30_000)));
  });

  it.each([
    [
      404,
      /resnet18\.tv_in1k: timm\/resnet18\.tv_in1k with model\.safetensors on the hub, got nothing of that name \(404\)/,
    ],
    [401, /leave to read timm\/resnet18\.tv_in1k, got status 401 \(HF_TOKEN/],
    [503, /the hub within reach, got status 503 \(bring model\.safetensors/],
  ])('refused with status %i are one clear line', async (status, message) => {
    hub.faults = { status };
    await expect(get()).rejects.toThrow(message);
  });

  it('whose hash the hub does not tell are not fetched', async () => {
    hub.faults = { leavesOutHash: true };
    await expect(get()).rejects.toThrow(
      /an answer with commit, size and SHA-256 of the file, got .*hash none/,
    );
  });

  it('that are in the cache are enough where the hub is out of reach, if they are whole', async () => {
    const { path, isConfirmed } = await get();
    expect(isConfirmed).toBe(true);
    const offline = { ...environment, HF_HUB_OFFLINE: '1' };
    expect(await get({ environment: offline })).toEqual({
      ...{ path, sha256, bytes: bytes.length },
      ...{ isCached: true, isConfirmed: false },
    });
    writeFileSync(realpathSync(path), bytes.subarray(0, 100));
    await expect(get({ environment: offline })).rejects.toThrow(/HF_HUB_OFFLINE is set .*--weights FILE/);
    hub.faults = { status: 404 }; // an answer, and the cache does not speak against it
    await expect(get()).rejects.toThrow(/nothing of that name \(404\)/);
  });

  it('out of reach are one line that says which file to bring and the option', async () => {
    const gone = await openFakeHub(bytes);
    await gone.close();
    await expect(get({ environment: { ...environment, HF_ENDPOINT: gone.url } })).rejects.toThrow(
      /the hub within reach, got .*ECONNREFUSED.*bring model\.safetensors of timm\/resnet18\.tv_in1k from a machine that has a network and name it: --weights FILE/,
    );
    await expect(get({ environment: { ...environment, HF_HUB_OFFLINE: '1' } })).rejects.toThrow(
      /HF_HUB_OFFLINE is set/,
    );
    await expect(weightFile({ kind: 'resnet18' }, environment)).rejects.toThrow(
      /the weights resnet18\.tv_in1k, got nothing of that name .*backbone get resnet18\.tv_in1k.*--weights FILE/,
    );
  });

  it('stop when they are interrupted, and go on the next time', async () => {
    hub.faults = { pause: 20 };
    const abort = new AbortController();
    const stopped = get({ signal: abort.signal, onProgress: (done) => done > 3000 && abort.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
    const kept = readFileSync(part()).length;
    expect(kept).toBeGreaterThan(3000);
    hub.faults = {};
    await get();
    expect(hub.requests.at(-1)!.range).toBe(`bytes=${kept}-`);
  });

  it('that cannot be written are an error that names the folder', async () => {
    const file = join(environment.HF_HOME!, 'hub');
    writeFileSync(file, 'a file where a folder should be');
    await expect(get()).rejects.toThrow(
      /hub\/models--timm.*: a place to write to, got .*HF_HOME chooses another/,
    );
  });
});

describe('names of weights', () => {
  it('are the folder of the environment first, then of HF_HOME', () => {
    expect(hubCache({ HF_HUB_CACHE: '/a', HF_HOME: '/b' })).toBe('/a');
    expect(hubCache({ HF_HOME: '/b' })).toBe('/b/hub');
    expect(hubCache({ XDG_CACHE_HOME: '/c' })).toBe('/c/huggingface/hub');
  });

  it("mean torchvision's first weights where only the kind is named", () => {
    expect(findHubModel('resnet50').repository).toBe('timm/resnet50.tv_in1k');
    expect(findHubModel('resnet50.a1_in1k').kind).toBe('resnet50');
    expect(findHubModel('resnet50.fb_ssl_yfcc100m_ft_in1k').repository).toMatch(/^timm\//);
    expect(() => findHubModel('vgg16')).toThrow(/backbone: one of resnet18\.tv_in1k, .*got vgg16/);
    expect(new Set(hubModels.map(({ name }) => name)).size).toBe(hubModels.length);
  });

  it('make settings of one word', () => {
    expect(parseBackboneSpec('small')).toEqual({ kind: 'small' });
    expect(parseBackboneSpec('resnet50#layer3+layer4')).toEqual({
      kind: 'resnet50',
      stages: ['layer3', 'layer4'],
    });
    expect(parseBackboneSpec('resnet18.a1_in1k')).toEqual({ kind: 'resnet18', weights: 'resnet18.a1_in1k' });
    expect(parseBackboneSpec('onnx:a/b.onnx#x+y')).toEqual({
      kind: 'onnx',
      file: 'a/b.onnx',
      outputs: ['x', 'y'],
    });
    expect(parseBackboneSpec('nets/b.onnx')).toEqual({ kind: 'onnx', file: 'nets/b.onnx' });
  });
});
