// A model folder whose `config.json` was changed at one place: what is put there, and what became of it. Used by a test with
// a seeded part of all changes, and by name with all of them: `npx tsx test/reliability/brokenModels.ts`.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel } from '../../src/savedModel/openModel.js';
import { WhereWhenError } from '../../src/errors.js';
import type { Predictor } from '../../src/infer/index.js';
import { parseResult } from '../../src/result.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';

/** JSON texts that stand in place of a value. */
const VALUES = [
  ...['1e999', '-1', '0', '0.5', '1e300', '1e-300', '65536', '4294967296', '9007199254740993', '3', '7'],
  ...['null', '""', '" "', '"x"', '[]', '{}', '[1]', '[[]]', 'true'],
];

/** One change: `path` is the way through the parsed JSON. */
export interface Change {
  path: string[];
  text: string;
}

/** Every change of `config`: each value replaced by each of the texts above. */
export function changesOf(config: unknown): Change[] {
  return placesOf(config).flatMap((path) => VALUES.map((text) => ({ path, text })));
}

function placesOf(value: unknown): string[][] {
  if (value === null || typeof value !== 'object') return [[]];
  const inner = Object.entries(value).flatMap(([key, one]) => placesOf(one).map((path) => [key, ...path]));
  return [[], ...inner];
}

/** `config` as text with one value changed. */
export function changed(config: unknown, { path, text }: Change): string {
  const mark = '\u0001here\u0001';
  const put = (value: unknown, [key, ...rest]: string[]): unknown => {
    if (key === undefined) return mark;
    if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? put(one, rest) : one));
    return { ...(value as object), [key]: put((value as Record<string, unknown>)[key], rest) };
  };
  return JSON.stringify(put(config, path)).replace(JSON.stringify(mark), text);
}

/** Opens the model and asks it about a clip of noise: `refused`, `answered`, or what else happened. */
export async function outcomeOf(folder: string): Promise<string> {
  let predictor: Predictor | undefined;
  try {
    predictor = await openModel(folder, { device: 'cpu', threads: 1 });
    const { frames: n, size } = predictor.shape;
    const frames = new Uint8Array(n * size.width * size.height * 3).map((_, i) => (i * 7919) % 251);
    const info = {
      ...{ path: 'noise', width: 64, height: 48, frames: n, frameRate: 10, durationSeconds: n / 10 },
      ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
    };
    const { result } = await predictor.predict(
      {
        ...{ frames, info, damagedFrames: 0, missingFrames: 0, warnings: [] },
        times: Float64Array.from({ length: n }, (_, i) => i / 10),
        indices: Array.from({ length: n }, (_, i) => i),
      },
      'noise',
    );
    parseResult(JSON.parse(JSON.stringify(result)));
    return 'answered';
  } catch (error) {
    if (error instanceof WhereWhenError && error.code !== 'internal') return 'refused';
    return `foreign: ${(error as Error).stack}`;
  } finally {
    await predictor?.close();
  }
}

/** All changes of a tiny model of each form; prints what neither was refused nor answered, and what took above a second. */
async function all(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'broken-models-'));
  const counts: Record<string, number> = {};
  for (const isRecurrent of [false, true]) {
    const model = join(folder, String(isRecurrent));
    await writeTinyModel(model, ['left', 'right'], { isRecurrent });
    const file = join(model, 'config.json');
    const config: unknown = JSON.parse(await readFile(file, 'utf8'));
    for (const change of changesOf({ ...(config as object), localize: RULES })) {
      const text = changed({ ...(config as object), localize: RULES }, change);
      await writeFile(file, text);
      const began = performance.now();
      const outcome = await outcomeOf(model);
      const seconds = (performance.now() - began) / 1000;
      const kind = outcome.split(':')[0]!;
      counts[kind] = (counts[kind] ?? 0) + 1;
      const line = `${change.path.join('.')} = ${change.text}`;
      if (kind === 'answered' && process.argv.includes('--answered')) console.log('answered', line);
      if (kind === 'foreign' || seconds > 2) console.log(line, seconds.toFixed(1), outcome);
    }
  }
  console.log(counts);
  await rm(folder, { recursive: true });
}

/** Rules of localisation with a value in many of their fields. */
const RULES = {
  where: {
    maps: { classEvidence: 1, attention: 1 },
    smoothSpace: 1,
    smoothTime: 2,
    resolution: 32,
    growth: 1.1,
  },
  when: { pool: 'top', topShare: 0.1, smooth: 1, minimumShare: 0.1, maximumSegments: 2, outerWeight: 1 },
};

if (process.argv[1]?.endsWith('brokenModels.ts')) await all();
