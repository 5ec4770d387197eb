// Frames of FiftyOne's samples where they lie in files of their own: `frames.json` beside `samples.json`, each frame with the
// id of its sample, or, of older exports, a file a sample (`frames/NAME.json`) that the sample names.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { missingError, WhereWhenError } from '../../../errors.js';
import { readJson } from '../text.js';

const Id = z.union([z.string(), z.object({ $oid: z.string() }).transform(({ $oid }) => $oid)]);
/** Fields of each frame, by its number from 1. */
export const Frames = z.record(
  z.string().regex(/^\d+$/, 'expected a frame number'),
  z.record(z.string(), z.unknown()),
);
export type Frames = z.infer<typeof Frames>;

const SampleFile = z.object({ frames: Frames });
const FramesFile = z.object({
  frames: z.array(z.looseObject({ _sample_id: Id, frame_number: z.number().int() })),
});

/** What a sample says of its frames: the frames, the file that holds them, or nothing. */
interface Framed {
  _id?: unknown;
  frames?: Frames | string | undefined;
}

/**
 * The frames of each sample, in the order of `samples`. Throws `missing` for a file that a sample names and that does not lie in
 * the export, and `format`.
 */
export async function framesOf(samples: readonly Framed[], path: string): Promise<Frames[]> {
  const folder = dirname(path);
  const beside = join(folder, 'frames.json');
  const isApart = samples.some(({ frames }) => frames === undefined) && existsSync(beside);
  const shared = isApart ? await framesById(beside) : new Map<string, Frames>();
  const found: Frames[] = [];
  for (const [i, { _id, frames }] of samples.entries()) {
    if (typeof frames === 'string') found.push(await framesIn(frames, folder, `${path} > ${i} > frames`));
    else found.push(frames ?? shared.get(Id.safeParse(_id).data ?? '') ?? {});
  }
  return found;
}

/** The frames in the file that a sample names. */
async function framesIn(name: string, folder: string, place: string): Promise<Frames> {
  const path = join(folder, name);
  const isInside = !relative(folder, path).split(/[\\/]/).includes('..');
  try {
    if (isInside) return (await readJson(path, SampleFile)).frames;
  } catch (error) {
    if (!(error instanceof WhereWhenError && error.code === 'missing')) throw error;
  }
  throw missingError(place, 'a file of frames in the folder of the export', name === '' ? 'no name' : name);
}

async function framesById(path: string): Promise<Map<string, Frames>> {
  const { frames } = await readJson(path, FramesFile);
  const byId = new Map<string, Frames>();
  for (const frame of frames) {
    const own = byId.get(frame._sample_id) ?? {};
    own[String(frame.frame_number)] = frame;
    byId.set(frame._sample_id, own);
  }
  return byId;
}
