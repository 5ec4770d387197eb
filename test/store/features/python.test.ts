// A store as Python sees it: with the package `safetensors` where it is installed, else by the format's own words with
// numpy alone. Skipped where no Python has numpy.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openExtractor } from '../../../src/backbone/index.js';
import { extractClips, featureStore, type ClipStore } from '../../../src/store/index.js';
import { shapeFor } from '../../../src/store/features/file.js';
import { listDataset } from '../../../src/dataset/index.js';
import { openRuntime } from '../../../src/runtime/index.js';
import { readClip } from '../../../src/video/index.js';
import { tinyOnnx } from '../../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';
import { allFeatures } from '../../../src/store/features/read.js';

const python = ['python3', '/usr/bin/python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Both readers, and for each file and tensor its dtype, its shape and its numbers, as JSON. */
const script = `
import json, sys
import numpy

def by_the_format(path):
    raw = open(path, 'rb').read()
    size = int.from_bytes(raw[:8], 'little')
    header = json.loads(raw[8:8 + size])
    header.pop('__metadata__', None)
    data = raw[8 + size:]
    types = {'F16': '<f2', 'F32': '<f4', 'F64': '<f8', 'I64': '<i8', 'U8': 'u1'}
    ends = sorted(entry['data_offsets'] for entry in header.values())
    assert ends[0][0] == 0 and ends[-1][1] == len(data)
    assert all(a[1] == b[0] for a, b in zip(ends, ends[1:]))
    return {
        name: numpy.frombuffer(data[slice(*entry['data_offsets'])], types[entry['dtype']]).reshape(entry['shape'])
        for name, entry in header.items()
    }

try:
    from safetensors.numpy import load_file
except ImportError:
    load_file = None
told = []
for path in sys.argv[1:]:
    tensors = by_the_format(path)
    if load_file:
        for name, array in load_file(path).items():
            assert array.dtype == tensors[name].dtype and numpy.array_equal(array, tensors[name])
    told.append({
        name: {'dtype': str(array.dtype), 'shape': list(array.shape), 'numbers': array.astype(float).ravel().tolist()}
        for name, array in tensors.items()
    })
print(json.dumps({'package': load_file is not None, 'files': told}))
`;

type Five<T> = [T, T, T, T, T];

interface Seen {
  dtype: string;
  shape: number[];
  numbers: number[];
}

describe.skipIf(python === undefined)(`a store in Python (${python ?? 'skipped: none with numpy'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wherewhen-python-'));
  const size = { width: 12, height: 8 };
  const description = { channels: 'RGB', scale: 1, mean: [0, 0, 0], size } as const;
  let paths: string[];
  let store: ClipStore;
  let keys: string[];
  beforeAll(async () => {
    await writeTinyWorld(join(folder, 'data'), 1);
    writeFileSync(join(folder, 'net.onnx'), tinyOnnx());
    await using runtime = await openRuntime({ threads: 1 });
    const settings = {
      kind: 'onnx',
      file: join(folder, 'net.onnx'),
      preprocessing: { ...description, mean: [0, 0, 0] },
    };
    await using extractor = await openExtractor(settings, { runtime, batch: 4 });
    const shape = shapeFor(extractor, { frames: 5, sampling: 'centred' });
    store = featureStore(join(folder, 'store'), shape, extractor);
    const { clips } = await listDataset(join(folder, 'data'));
    keys = (await extractClips(clips, { store, shape, extractor })).clips.map(({ key }) => key);
    paths = clips.map(({ path }) => path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has codes [n,C,h,w] with steps and zeros, float64 times [n] in seconds and int64 places [n], with our numbers', async () => {
    const files = keys.map((key) => store.fileOf(key));
    const text = execFileSync(python!, ['-c', script, ...files], { encoding: 'utf8' });
    const { files: seen } = JSON.parse(text) as { files: Record<string, Seen>[] };
    expect(seen).toHaveLength(2);
    for (const [i, tensors] of seen.entries()) {
      const names = ['features.0', 'indices', 'steps.0', 'times', 'zeros.0'];
      expect(Object.keys(tensors).sort()).toEqual(names);
      const [features, indices, steps, times, zeros] = names.map((name) => tensors[name]!) as Five<Seen>;
      expect([features.dtype, features.shape]).toEqual(['uint8', [5, 4, 4, 6]]);
      expect([steps.dtype, steps.shape, zeros.dtype, zeros.shape]).toEqual(['float32', [4], 'uint8', [4]]);
      expect([times.dtype, times.shape]).toEqual(['float64', [5]]);
      expect([indices.dtype, indices.shape]).toEqual(['int64', [5]]);
      const ours = allFeatures(await store.read(keys[i]!), 'clip').data as Float32Array;
      features.numbers.forEach((code, at) => {
        const channel = Math.floor(at / 24) % 4;
        const root = steps.numbers[channel]! * (code - zeros.numbers[channel]!);
        expect(ours[at]).toBeCloseTo(root * Math.abs(root), 4);
      });
      expect(Math.max(...ours)).toBeGreaterThan(1); // not a file of zeros
      const clip = await readClip(paths[i]!, { frames: 5, sampling: 'centred', size });
      expect(times.numbers).toEqual([...clip.times]);
      expect(indices.numbers).toEqual([2, 7, 12, 16, 21]); // floor((i + 1/2) 24 / 5) of 24 frames
    }
  });
});
