// What cannot be seen in an ONNX file, how bytes become its numbers: a small JSON beside it, `net.json` for `net.onnx`, or
// the hub's `preprocessor_config.json`, or one of the known habits by its name.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { missingError, WhereWhenError } from '../../errors.js';
import { parseWith } from '../../model/config.js';
import { fromImageProcessor, imageProcessorFile } from '../imageProcessor.js';
import { knownPreprocessing, Preprocessing, usualSize, type PreprocessingName } from '../preprocessing.js';
import { wrong } from './refusal.js';

/** Names of outputs. */
export const outputNames = z.array(z.string().min(1)).min(1);

/** Tokens in front of those of the patches: of the class, and registers. */
export const prefixCount = z.number().int().min(0);

/** The JSON beside an ONNX file: its preprocessing, and where the file leaves a choice the names of input and outputs. */
export const OnnxDescription = Preprocessing.extend({
  /** Not needed where the file fixes it. */
  size: Preprocessing.shape.size.optional(),
  input: z.string().optional(),
  /** Feature grids to give out; several are stacked on the finest. By default the file's first output that is a grid. */
  outputs: outputNames.optional(),
  /** Of a vision transformer; by default what its patches leave over. */
  prefixTokens: prefixCount.optional(),
});
/** The JSON beside an ONNX file. */
export type OnnxDescription = z.infer<typeof OnnxDescription>;

/** The description of `file`: what `asked` is, names, or lets be found beside it. Throws `missing` and `format`. */
export async function describe(
  file: string,
  asked: string | OnnxDescription | undefined,
): Promise<OnnxDescription> {
  if (typeof asked === 'object') return asked;
  if (asked !== undefined && asked in knownPreprocessing) {
    return OnnxDescription.parse(knownPreprocessing[asked as PreprocessingName]);
  }
  const paths = asked !== undefined ? [asked] : [descriptionPath(file), ...processorPaths(file)];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const value = parseJson(text, path);
    const isProcessor = basename(path) === imageProcessorFile;
    return parseWith(OnnxDescription, isProcessor ? fromImageProcessor(value, path) : value, path);
  }
  throw noDescription(paths[0]!);
}

/** Where the description of `file` is looked for. */
export function descriptionPath(file: string): string {
  return `${file.replace(/\.onnx$/i, '')}.json`;
}

/** Where the hub's repositories keep that of a network: beside it, or above its folder `onnx`. */
function processorPaths(file: string): string[] {
  return [dirname(file), dirname(dirname(file))].map((folder) => join(folder, imageProcessorFile));
}

function noDescription(path: string): WhereWhenError {
  const example = JSON.stringify({ ...knownPreprocessing.caffe, size: usualSize, resize: 'stretch' });
  return missingError(
    path,
    'a JSON file that says how frames become the numbers of the network',
    'no readable file',
    `write one such as ${example}, or choose --preprocessing imagenet, caffe or FILE`,
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(path, 'JSON', (cause as Error).message, undefined, cause);
  }
}
