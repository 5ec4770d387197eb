// One annotation file with changes: what may be changed, and what must hold of what is read. Used by `npm run fuzz:annotations`
// and by the campaign.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { readAnnotations, type Annotations } from '../../src/dataset/index.js';
import { truthOf } from '../../src/dataset/formats/truth.js';
import { readDetections, readerOf, WRITERS } from '../../src/dataset/formats/index.js';
import { writeClips } from '../../src/dataset/formats/exportResults.js';
import { WhereWhenError } from '../../src/errors.js';
import { seedClips, SEED_TEXTS } from './seeds.js';

/** One file as it should be. `place` is what is read, where that is not the file; `beside` lies there unchanged. */
export interface Seed {
  format: string;
  name: string;
  text: string;
  place?: string;
  beside?: Readonly<Record<string, string>>;
}

/** What may be done to a text: where (0..1 of its length), how much, and what stands there then. */
export const change = fc.record({
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

/** `text` with one change. */
export function mutated(text: string, { at, kind, length, text: put }: Change): string {
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

/** Good files of every format, those of the writers made in `folder`, and what lies beside them put there. */
export async function seedsOf(folder: string): Promise<Seed[]> {
  const found: Seed[] = [];
  for (const writer of WRITERS.filter(({ isFolder }) => !isFolder)) {
    const { files } = await writeClips(
      seedClips,
      writer,
      join(folder, `seed-${writer.format}${writer.isPerClip ? '' : writer.ending}`),
    );
    found.push({ format: writer.format, name: basename(files[0]!), text: await readFile(files[0]!, 'utf8') });
  }
  const seeds = [...found, ...SEED_TEXTS];
  for (const { name, beside = {} } of seeds)
    for (const [path, text] of Object.entries({ [name]: '', ...beside })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  return seeds;
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

/** Reads one changed file. Throws where it ends neither in sound annotations nor in one error that names it. */
export async function attempt(
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
