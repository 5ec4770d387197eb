// The one file of what was taught: a zip of the model folder, the takes with their labels and marks, and the backbone.
//
//   teach.json                           what is in it, every other file with its size and hash
//   model/config.json, model.safetensors the model, as every command reads it
//   backbone/backbone.json, backbone.onnx  what takes are seen with; the network may be left out
//   clips/ID                             the takes' films
import { z } from 'zod';
import { TakeFacts } from '../take.js';

/** Bytes of all files of a zip together, at most: what a page can hold. */
export const mostZipBytes = 2 ** 31 - 1;

/** Takes of one zip, at most. */
const mostTakes = 10_000;

/** The name of its table. */
export const tableName = 'teach.json';

/** The names of the files that there may be beside clips. */
export const zipNames = {
  config: 'model/config.json',
  weights: 'model/model.safetensors',
  backbone: 'backbone/backbone.json',
  network: 'backbone/backbone.onnx',
} as const;

/** Where the film of a take lies. */
export function clipName({ id }: Pick<TakeFacts, 'id'>): string {
  return `clips/${id}`;
}

const File = z.strictObject({
  bytes: z.int().min(0).max(mostZipBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
});

/** The content of `teach.json`. */
export const TeachTable = z.strictObject({
  version: z.literal(1),
  takes: z.array(TakeFacts).max(mostTakes),
  /** Parts of the recipe that differ from the usual ones. */
  recipe: z.record(z.string(), z.unknown()).default({}),
  /** Every other file by its name. */
  files: z.record(z.string(), File),
});
/** The content of `teach.json`. */
export type TeachTable = z.infer<typeof TeachTable>;
