// Mutated annotation files, run by name and not with the tests: `npm run fuzz:annotations -- [runs] [seed]`. Each must end in
// annotations that hold what they promise, or in one WhereWhenError that names its file; anything else is told and fails.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { readAnnotations, type Annotations } from '../../src/dataset/index.js';
import { truthOf } from '../../src/dataset/formats/truth.js';
import { readDetections, readerOf, WRITERS } from '../../src/dataset/formats/index.js';
import { writeClips } from '../../src/dataset/formats/exportResults.js';
import { WhereWhenError } from '../../src/errors.js';
import { seedClips, SEED_TEXTS } from './seeds.js';

const [runs = 20_000, seed = 1] = process.argv.slice(2).map(Number);

/** One file as it should be. `place` is what is read, where that is not the file; `beside` lies there unchanged. */
interface Seed {
  format: string;
  name: string;
  text: string;
  place?: string;
  beside?: Readonly<Record<string, string>>;
}

/** What may be done to a text: where (0..1 of its length), how much, and what stands there then. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom(...'number number number number word word cut repeat put swap end'.split(' ')),
  length: fc.integer({ min: 1, max: 60 }),
  text: fc.constantFrom(
    ...'1e999|-1e999|-3|NaN|null|""|[]|{}|[[]]|0|1e-300|9007199254740993|__proto__|constructor|\u0000|\uFFFD|\uD800|"|<|>|;|,|\t|\n|\r|=|%|&amp;|&#x110000;|e\u0301|<x/>|-->|1:2:3|'.split(
      '|',
    ),
    ' ',
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutated(text: string, { at, kind, length, text: put }: Change): string {
  const from = Math.floor(at * text.length);
  const end = Math.min(text.length, from + length);
  const [before, part, after] = [text.slice(0, from), text.slice(from, end), text.slice(end)];
  const next = (pattern: RegExp): string => before + text.slice(from).replace(pattern, () => put);
  switch (kind) {
    case 'cut':
      return before + after;
    case 'repeat':
      return before + part + part + after;
    case 'put':
      return before + put + part + after;
    case 'number':
      return next(/-?\d+(\.\d+)?/);
    case 'word':
      return next(/[\p{L}_]+/u);
    case 'end':
      return before;
    default:
      return before + after.slice(0, length) + part + after.slice(length);
  }
}

async function seedsOf(folder: string): Promise<Seed[]> {
  const found: Seed[] = [];
  for (const writer of WRITERS.filter(({ isFolder }) => !isFolder)) {
    const { files } = await writeClips(
      seedClips,
      writer,
      join(folder, `seed-${writer.format}${writer.isPerClip ? '' : writer.ending}`),
    );
    found.push({ format: writer.format, name: basename(files[0]!), text: await readFile(files[0]!, 'utf8') });
  }
  return [...found, ...SEED_TEXTS];
}

/** What is wrong with annotations that were given as sound; undefined for nothing. */
function unsound({ clips, classes }: Annotations): string | undefined {
  const times = clips.flatMap(({ segments }) => segments);
  const boxes = clips.flatMap(({ tracks }) => tracks.flatMap((track) => track.boxes));
  if (!times.every((s) => s.startSeconds >= 0 && s.endSeconds >= s.startSeconds && s.endSeconds < Infinity))
    return 'times';
  if (!boxes.every(({ box }) => box.every(Number.isFinite) && box[2] >= box[0] && box[3] >= box[1]))
    return 'boxes';
  if (!boxes.every(({ frame }) => frame === null || (Number.isSafeInteger(frame) && frame >= 0)))
    return 'frames';
  if (
    [...classes, ...clips.map(({ clip }) => clip)].some(
      (name) => typeof name !== 'string' || name.trim() === '',
    )
  )
    return 'names';
  return undefined;
}

async function attempt(
  folder: string,
  { format, name, place = name }: Seed,
  text: string,
  isGuessed: boolean,
): Promise<'read' | 'refused'> {
  const path = join(folder, place);
  await writeFile(join(folder, name), text);
  try {
    if (format === 'detections') {
      const found = await readDetections(path, ['run', 'jump']);
      if (found.some((one) => !(one.endSeconds >= one.startSeconds) || !Number.isFinite(one.score)))
        throw new Error('unsound detections');
      return 'read';
    }
    const read = await (isGuessed ? readAnnotations({ path }) : readerOf(format).read(path));
    const fault = unsound(read);
    if (fault !== undefined) throw new Error(`unsound ${fault}`);
    for (const clip of read.clips)
      truthOf(clip, { width: 64, height: 48, frameRate: 25, durationSeconds: 4 });
    return 'read';
  } catch (error) {
    if (!(error instanceof WhereWhenError) || error.code === 'internal') throw error;
    if (![name, place].some((one) => error.message.includes(basename(one))) && !error.path.startsWith('--'))
      throw new Error(`unnamed: ${error.message}`);
    return 'refused';
  }
}

const folder = await mkdtemp(join(tmpdir(), 'wherewhen-fuzz-'));
const seeds = await seedsOf(folder);
for (const { name, beside = {} } of seeds)
  for (const [path, text] of Object.entries({ [name]: '', ...beside })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
const counts = new Map<string, { read: number; refused: number }>();
const broken = new Map<string, string>();
let slowest = 0;
try {
  const cases = fc.record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    isGuessed: fc.boolean(),
  });
  for (const { seed: one, changes, isGuessed } of fc.sample(cases, { numRuns: runs, seed })) {
    const text = changes.reduce(mutated, one.text);
    const own = counts.get(one.format) ?? { read: 0, refused: 0 };
    counts.set(one.format, own);
    const started = performance.now();
    try {
      own[await attempt(folder, one, text, isGuessed)]++;
    } catch (error) {
      const key = `${one.format}: ${(error as Error).stack?.split('\n').slice(0, 3).join(' ').replaceAll(folder, '') ?? String(error)}`;
      if (!broken.has(key)) broken.set(key, text);
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const [format, { read, refused }] of counts)
  console.log(`${format.padEnd(14)} ${read} read, ${refused} refused`);
console.log(
  `${runs} files from seed ${seed}, slowest ${slowest.toFixed(0)} ms, ${broken.size} kinds of other endings`,
);
for (const [key, text] of broken) console.log(`\n${key}\n${JSON.stringify(text.slice(0, 1500))}`);
if (broken.size > 0) process.exitCode = 1;
