// The work of one part, piece by piece, and the pieces of all parts put together.
import { dealt, type Part } from './part.js';
import { PartLog, Pieces, type Piece } from './pieces.js';

/** What is divided: the same in every process. */
export interface Divided {
  /** Where the pieces lie: of {@link piecesFolder}. */
  folder: string;
  /** What each piece of work is, as a hash. */
  keys: readonly string[];
  /** What it is dealt out by, where that is less: pieces of equal content come to one part. By default `keys`. */
  dealtBy?: readonly string[];
}

/** What became of a part. */
export interface PartDone {
  /** Pieces of this part: all, made now, there before, given up. */
  pieces: number;
  made: number;
  before: number;
  failed: number;
  /** Pieces of all parts that are not there yet; 0 for the part that ends last. */
  missing: number;
}

/** Of the pieces of a part those that nobody has made yet (rising places), and how many it has. */
export async function leftOf(
  { folder, keys, dealtBy = keys }: Divided,
  part: Part,
): Promise<{ places: number[]; pieces: number }> {
  await using known = await Pieces.open(folder);
  const own = dealt(dealtBy, part);
  return { places: own.filter((place) => !known.isMade(keys[place]!)), pieces: own.length };
}

/** How many pieces of all parts are not there yet. */
export async function missingOf({ folder, keys }: Divided): Promise<number> {
  await using known = await Pieces.open(folder);
  return keys.filter((key) => !known.has(key)).length;
}

/**
 * Makes what is left of a part, as `make` hands the pieces out: by their places, in any order, each as soon as it is there.
 * Throws `usage` where another process does this part, and what `make` throws; what it had handed out stays.
 */
export async function makePart<Value>(
  work: Divided,
  part: Part,
  make: (places: readonly number[]) => AsyncIterable<{ place: number; piece: Piece<Value> }>,
): Promise<PartDone> {
  await using log = await PartLog.open<Value>(work.folder, part);
  const { places, pieces } = await leftOf(work, part);
  let [made, failed] = [0, 0];
  for await (const { place, piece } of make(places)) {
    await log.append(work.keys[place]!, piece);
    if ('error' in piece) failed++;
    else made++;
  }
  return { pieces, made, before: pieces - places.length, failed, missing: await missingOf(work) };
}

/** The pieces of all parts, in the order of the keys. Throws `missing` unless all are there. */
export async function* gatherParts<Value>(
  { folder, keys }: Divided,
  shown: string,
): AsyncGenerator<Piece<Value>> {
  await using known = await Pieces.open<Value>(folder);
  known.requireAll(keys, shown);
  for (const key of keys) yield await known.get(key);
}
