// Opening stored features, checked and as tensors, beside a plain read of the same bytes: `--store DIR --rounds 5`, or
// a store made for it (`--files 64 --clip 16x1024x7x7`). Files are warm in the system's cache.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClipStore } from '../src/store/index.js';
import { Random } from '../src/random.js';
import { sizeOf } from '../src/tensor.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';

/** Milliseconds a file (medians over all files and rounds), and the median ratio of a file. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string' },
      files: { type: 'string', default: '64' },
      clip: { type: 'string', default: '16x1024x7x7' },
      rounds: { type: 'string', default: '5' },
    },
  });
  if (values.store) return openingTimes(values.store, Number(values.rounds));
  const folder = await mkdtemp(join(tmpdir(), 'bench-store-'));
  try {
    await fill(folder, Number(values.files), values.clip.split('x').map(Number));
    return await openingTimes(folder, Number(values.rounds));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Opens every file of a store as training does, and reads it as plain bytes, one after the other. */
export async function openingTimes(folder: string, rounds = 5): Promise<Record<string, number>> {
  const store = new ClipStore(folder, {});
  const keys = (await readdir(folder)).map((name) => /^([0-9a-f]{40})\.safetensors$/.exec(name)?.[1]);
  const files = keys.filter((key) => key !== undefined);
  const times = { open: [] as number[], plain: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    for (const key of files) {
      const plain = await milliseconds(() => readFile(store.fileOf(key)));
      const open = await milliseconds(() => store.read(key));
      if (round < 0) continue; // the first round warms
      times.open.push(open);
      times.plain.push(plain);
    }
  }
  return {
    openMilliseconds: median(times.open),
    plainReadMilliseconds: median(times.plain),
    openRatio: median(times.open.map((open, i) => open / times.plain[i]!)),
  };
}

async function milliseconds(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}

async function fill(folder: string, files: number, shape: readonly number[]): Promise<void> {
  const store = new ClipStore(folder, {});
  const random = Random.from(1, 'store');
  for (let i = 0; i < files; i++) {
    const data = Uint16Array.from({ length: sizeOf(shape) }, () => random.integer(0, 0x7c00));
    const key = i.toString(16).padStart(40, '0');
    await store.write(key, { features: { dtype: 'float16', shape, data } });
  }
}
