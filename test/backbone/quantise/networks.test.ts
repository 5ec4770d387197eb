// Real networks in eight bits beside float32, on frames of real clips; and response norms rewritten, which is exact. Skipped
// where WHEREWHEN_WEIGHTS or WHEREWHEN_MEDIA (by default beside the project) has none.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leanFloat } from '../../../src/backbone/quantise/leanFloat.js';
import { openExtractor } from '../../../src/backbone/index.js';
import { readWhole } from '../../../src/backbone/onnx/external.js';
import { inEightBits } from '../../../src/savedModel/eightBits.js';
import { type ClipEntry } from '../../../src/dataset/index.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import type { Tensor } from '../../../src/tensor.js';

const weights = resolve(process.env.WHEREWHEN_WEIGHTS ?? '../shared/weights');
const media = resolve(process.env.WHEREWHEN_MEDIA ?? '../shared/media', 'weizmann');
const isHere = existsSync(join(weights, 'googlenet.onnx')) && existsSync(media);

describe.skipIf(!isHere)('a real network (skipped without WHEREWHEN_WEIGHTS and WHEREWHEN_MEDIA)', () => {
  let folder: string;
  let runtime: Runtime;
  const clips: ClipEntry[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-quantise-'));
    runtime = await openRuntime({ threads: 1, spin: false });
    for (const label of await readdir(media)) {
      const [name] = (await readdir(join(media, label))).sort();
      clips.push({ path: join(media, label, name!), name: name!, label, classIndex: 0, group: name! });
    }
  });
  afterAll(async () => {
    await runtime.close();
    await rm(folder, { recursive: true, force: true });
  });

  const settingsOf = (name: string) => ({
    kind: 'onnx',
    file: join(weights, `${name}.onnx`),
    preprocessing: 'caffe',
    ...(name === 'googlenet' && { outputs: ['features_14', 'features'] }),
  });

  it.each([
    ['googlenet', 0.997],
    ['squeezenet', 0.997],
  ])(
    '%s keeps the direction of pooled features: cosine at least %f',
    async (name, least) => {
      const { cosine, note } = await inEightBits(settingsOf(name), {
        precision: 'int8',
        clips,
        folder,
        threads: 1,
      });
      expect(note).not.toContain('in float32 stay');
      expect(cosine).toBeGreaterThan(least);
    },
    300_000,
  );

  it('gives the same numbers once its response norms are convolutions', async () => {
    const settings = settingsOf('googlenet');
    const lean = join(folder, 'lean.onnx');
    await writeFile(lean, leanFloat(await readWhole(settings.file), settings.file));
    const data = Uint8Array.from({ length: 2 * 224 * 224 * 3 }, (_, i) => (i * 7919) % 256);
    const frames: Tensor = { dtype: 'uint8', shape: [2, 224, 224, 3], data };
    await using as = await openExtractor(settings, { runtime });
    await using rewritten = await openExtractor({ ...settings, file: lean }, { runtime });
    const [expected, got] = [await as.extract(frames), await rewritten.extract(frames)].map(
      ({ data: all }) => all as Float32Array,
    );
    const largest = expected!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const apart = expected!.reduce((most, x, i) => Math.max(most, Math.abs(x - got![i]!)), 0);
    expect(apart / largest).toBeLessThan(1e-5);
    expect(apart).toBeGreaterThan(0); // another file, another order of sums
  }, 300_000);
});
