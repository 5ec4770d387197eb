// Reads such a zip, which may come from anybody: names, sizes and hashes are checked before anything of it is used.
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { formatError, WhereWhenError } from '../../errors.js';
import { encoderOf } from '../../backbone/encoder.js';
import { checkTensors } from '../../model/checkTensors.js';
import { decodeSafetensors, inferenceGraph, parseModelConfig } from '../../model/index.js';
import { parseWith } from '../../model/config.js';
import { parseBackbone } from '../backbone.js';
import { hashOf } from '../weights.js';
import { clipName, mostZipBytes, tableName, TeachTable, zipNames } from './form.js';
import type { TeachZip } from './write.js';

/** The largest `teach.json`. */
const mostTableBytes = 2 ** 24;

type Files = Record<string, Uint8Array>;

/** What the zip holds. Throws `format`, naming the file, for what is no such zip, or not as it was written; `path` names it. */
export function readTeachZip(bytes: Uint8Array, path: string): TeachZip {
  const table = tableOf(bytes, path);
  const { takes, recipe } = table;
  if (new Set(takes.map(({ id }) => id)).size < takes.length)
    throw wrong(path, 'another `id` for every take', 'one twice');
  const files = listedFiles(bytes, table, path);
  const clips = takes.map((take) => {
    const clip = files[clipName(take)];
    if (!clip) throw wrong(path, `the film of every take`, `none of ${take.id}`);
    return { ...take, clip };
  });
  const backbone = files[zipNames.backbone];
  if (!backbone) throw wrong(path, zipNames.backbone, 'no such file');
  const model = modelOf(files, path);
  const network = files[zipNames.network];
  return {
    ...(model && { model }),
    takes: clips,
    backbone: parseBackbone(
      jsonOf(backbone, `${path}: ${zipNames.backbone}`),
      `${path}: ${zipNames.backbone}`,
    ),
    ...(network && { network }),
    recipe,
  };
}

function tableOf(bytes: Uint8Array, path: string): TeachTable {
  const isTable = ({ name, originalSize }: UnzipFileInfo): boolean =>
    name === tableName && originalSize <= mostTableBytes;
  const { [tableName]: text } = unzipped(bytes, isTable, path);
  if (!text) throw wrong(path, `a zip with ${tableName}, as a page saves it`, 'none in it');
  const inside = `${path}: ${tableName}`;
  return parseWith(TeachTable, jsonOf(text, inside), inside);
}

/** All files that the table lists, each with its size and hash; there is no other, and none has a way out of the zip. */
function listedFiles(bytes: Uint8Array, { takes, files }: TeachTable, path: string): Files {
  const allowed = new Set<string>([...Object.values(zipNames), ...takes.map(clipName)]);
  const stranger = Object.keys(files).find((name) => !allowed.has(name));
  if (stranger !== undefined) throw wrong(path, 'files of a model, a backbone and takes', stranger);
  const all = Object.values(files).reduce((sum, one) => sum + one.bytes, 0);
  if (all > mostZipBytes) throw wrong(path, `at most ${mostZipBytes} bytes`, `${all}`);
  const found = unzipped(
    bytes,
    ({ name, originalSize }) => {
      if (name === tableName) return false;
      const listed = files[name];
      if (listed?.bytes === originalSize) return true;
      throw wrong(path, listed ? `${name} of ${listed.bytes} bytes` : `files that ${tableName} lists`, name);
    },
    path,
  );
  for (const [name, { sha256 }] of Object.entries(files)) {
    const own = found[name];
    if (!own) throw wrong(path, `${name}, which ${tableName} lists`, 'no such file');
    if (hashOf(own) !== sha256) throw wrong(path, `${name} as it was written`, 'other bytes');
  }
  return found;
}

function unzipped(bytes: Uint8Array, filter: (file: UnzipFileInfo) => boolean, path: string): Files {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof WhereWhenError) throw error;
    throw wrong(path, 'a zip as a page saves it', (error as Error).message, error);
  }
}

function modelOf(files: Files, path: string): TeachZip['model'] {
  const { [zipNames.config]: config, [zipNames.weights]: weights } = files;
  if (!config && !weights) return undefined;
  if (!config || !weights) throw wrong(path, `${zipNames.config} and ${zipNames.weights}`, 'one of them');
  const inside = `${path}: ${zipNames.config}`;
  const described = parseModelConfig(jsonOf(config, inside), inside);
  const { tensors } = decodeSafetensors(weights, `${path}: ${zipNames.weights}`);
  const encoder = encoderOf(described);
  const { parameters } = inferenceGraph({ config: described, clips: 1, encoder });
  checkTensors(tensors, parameters, `${path}: ${zipNames.weights}`);
  return { config: described, tensors };
}

function jsonOf(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw wrong(path, 'JSON', (cause as Error).message, cause);
  }
}

function wrong(path: string, expected: string, received: string, cause?: unknown): WhereWhenError {
  return formatError(path, expected, received, 'save it anew in the page', cause);
}
