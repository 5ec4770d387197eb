// A zip that a page saved, as commands take it: the model and the takes in it as folders, for as long as a command runs.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import type { BackboneSettings } from '../backbone/index.js';
import { missingError, usageError } from '../errors.js';
import type { TeachZip } from '../teach/index.js';

/** A model folder or data set that a command was given, wherever it lies. */
export interface OpenedFolder extends AsyncDisposable {
  folder: string;
}

/** A zip that lies unpacked below a folder of its own. */
export interface UnpackedZip extends AsyncDisposable {
  zip: TeachZip;
  /** The model folder; absent where nothing was learnt yet. */
  model?: string;
  /** A folder of class folders. */
  data: string;
  /** What opens the backbone here. */
  settings: BackboneSettings;
}

/** Whether a command's argument names such a zip. */
export function isTeachZip(path: string): boolean {
  return /\.zip$/i.test(path);
}

/** Unpacks the zip until it is disposed of. Throws `missing`, and what `readTeachZip` throws. */
export async function unpackTeachZip(path: string): Promise<UnpackedZip> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw missingError(path, 'a zip that a page saved', 'no readable file', undefined, cause);
  });
  const { readTeachZip } = await import('../teach/index.js');
  const zip = readTeachZip(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), path);
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-zip-'));
  const drop = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    return { zip, ...(await unpack(zip, folder)), [Symbol.asyncDispose]: drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function unpack(
  zip: TeachZip,
  folder: string,
): Promise<Pick<UnpackedZip, 'model' | 'data' | 'settings'>> {
  const [data, network, model] = ['data', 'backbone.onnx', 'model'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(data);
  for (const { label, id, clip } of zip.takes) await writeAtomically(join(data, label, id), clip);
  if (zip.network) await writeAtomically(network, zip.network);
  const { backbone } = zip.backbone;
  const own = (zip.model?.config.backbone ?? zip.backbone.settings) as BackboneSettings;
  const settings = { ...own, ...(backbone.kind === 'onnx' && { file: network }) };
  if (!zip.model) return { data, settings };
  const { modelFilesOf } = await import('../teach/index.js');
  const { config, tensors } = zip.model;
  const files = modelFilesOf({ config: { ...config, backbone: settings }, tensors });
  for (const [name, bytes] of Object.entries(files)) await writeAtomically(join(model, name), bytes);
  return { data, settings, model };
}

/** The model folder that an argument names: a folder, or the model in a zip. Throws `usage` for a zip without one. */
export async function modelArgument(path: string): Promise<OpenedFolder> {
  if (!isTeachZip(path)) return asItIs(path);
  const unpacked = await unpackTeachZip(path);
  if (unpacked.model !== undefined)
    return { folder: unpacked.model, [Symbol.asyncDispose]: () => unpacked[Symbol.asyncDispose]() };
  await unpacked[Symbol.asyncDispose]();
  const hint = `wherewhen train ${path} --out MODEL`;
  throw usageError(path, 'a zip with a model', 'takes alone, of which nothing was learnt yet', hint);
}

/** The folder of clips that an argument names: a folder, or the takes in a zip. */
export async function dataArgument(path: string): Promise<OpenedFolder> {
  if (!isTeachZip(path)) return asItIs(path);
  const unpacked = await unpackTeachZip(path);
  return { folder: unpacked.data, [Symbol.asyncDispose]: () => unpacked[Symbol.asyncDispose]() };
}

function asItIs(folder: string): OpenedFolder {
  return { folder, [Symbol.asyncDispose]: async () => {} };
}
