// The model folder (docs/architecture.md#the-model-folder): `config.json` and `model.safetensors`.
import { closeParameters } from '../model/actors.js';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { encoderOf } from '../backbone/encoder.js';
import { formatError, missingError, usageError, WhereWhenError } from '../errors.js';
import { localizeOptions } from '../localize/index.js';
import { checkTensors } from '../model/checkTensors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  inferenceGraph,
  parseModelConfig,
  type DeclaredParameter,
  type ModelConfig,
  type SafetensorsFile,
} from '../model/index.js';
import type { Tensors } from '../tensor.js';
import { writeAtomically } from '../atomicFile.js';
import { hasChecksum, isMarked, withChecksums } from '../store/checksums.js';
import { backboneIn, keepBackbone } from './ownBackbone.js';

/** Names of the files in a model folder. */
export const modelFiles = { config: 'config.json', weights: 'model.safetensors' } as const;

/** What `audit` found of the model in the folder. */
export const auditFile = 'audit.json';

/** A model as it lies on disk. */
export interface ModelFolder {
  folder: string;
  config: ModelConfig;
  tensors: Tensors;
  /** Twelve hexadecimal digits of the hash of the weights: which model gave an answer. */
  id: string;
}

/**
 * Reads and checks a model folder. Throws `missing` for a folder or file that is not there, and `format` for a
 * config that is not one, for weights that are not as they were written or hold what is no number, and for tensors that are
 * missing, too many or of a wrong shape (all of them listed).
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const config = await readModelConfig(folder);
  const parameters = describedBy(config, join(folder, modelFiles.config));
  const weightsPath = join(folder, modelFiles.weights);
  const bytes = await readPart(weightsPath);
  const { tensors } = checkedWeights(decodeSafetensors(bytes, weightsPath), weightsPath);
  checkTensors(tensors, parameters, weightsPath);
  return { folder, config, tensors, id: modelId(bytes) };
}

/** Reads what a model folder says of its model, without the weights. Throws `missing` and `format`. */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  await requireFolder(folder);
  const path = join(folder, modelFiles.config);
  return backboneIn(folder, parseModelConfig(parseJson(await readPart(path), path), path));
}

/** The parameters that `config` describes. Throws `format` that names the file, whichever of its parts is at fault. */
function describedBy(config: ModelConfig, path: string): readonly DeclaredParameter[] {
  try {
    localizeOptions(config.localize);
    checkGrid(config);
    return modelParameters(config);
  } catch (error) {
    if (!(error instanceof WhereWhenError)) throw error;
    throw new WhereWhenError(
      { ...error.toJSON(), code: 'format', path: `${path}: ${error.path}` },
      { cause: error },
    );
  }
}

/** Throws `format` for a grid that is not that of the model's own backbone. */
function checkGrid(config: ModelConfig): void {
  const { grid, transform } = config;
  const own = encoderOf(config)?.grid(transform.size);
  const told = ({ channels, height, width }: ModelConfig['grid']): string =>
    `${channels} channels on ${height} x ${width} cells`;
  if (own && told(own) !== told(grid))
    throw formatError('grid', `${told(own)}, as the backbone gives of its frames`, told(grid));
}

/**
 * The model folders that `folder` means: itself, or those in it, which are one training by several seeds. Throws `usage`
 * for the folds of a data set, each of which has learnt what the others are scored on.
 */
export async function modelFoldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.includes(modelFiles.config)) return [folder];
  if (names.includes('folds.json')) {
    throw usageError(
      folder,
      'one model, or one training by several seeds',
      'folds, each of which has learnt clips of the others',
      'folds.json holds what each reached on the clips that it never saw',
    );
  }
  const inside = names.sort().map((name) => join(folder, name));
  const found = await Promise.all(
    inside.map(async (path) => ((await stat(join(path, modelFiles.config)).catch(() => null)) ? path : null)),
  );
  const models = found.filter((path) => path !== null);
  return models.length > 0 ? models : [folder];
}

/** Writes a model folder; each file is whole or not there. Returns the model's identity. Throws `output`. */
export async function writeModelFolder(
  folder: string,
  { config, tensors }: Pick<ModelFolder, 'config' | 'tensors'>,
): Promise<string> {
  const marked = withChecksums({ tensors, metadata: {} });
  const bytes = encodeSafetensors(marked.tensors, marked.metadata);
  await writeAtomically(join(folder, modelFiles.weights), bytes);
  const own = await keepBackbone(folder, config);
  await writeAtomically(join(folder, modelFiles.config), `${JSON.stringify(own, null, 2)}\n`);
  return modelId(bytes);
}

/** The parameters of the model that `config` describes, by name and shape. */
export function modelParameters(config: ModelConfig): readonly DeclaredParameter[] {
  const { parameters } = inferenceGraph({ config, clips: 1, encoder: encoderOf(config) });
  return [...parameters, ...closeParameters(config)];
}

function modelId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

/** Throws `format` where the file is corrupted, or a number is none. */
function checkedWeights(file: SafetensorsFile, path: string): SafetensorsFile {
  if (isMarked(file) && !hasChecksum(file)) {
    throw formatError(
      path,
      'weights as they were written',
      'other bytes, which do not have their checksum',
      'copy the model again, or train it anew',
    );
  }
  for (const [name, { dtype, data }] of Object.entries(file.tensors)) {
    if (dtype !== 'float32' && dtype !== 'float64') continue;
    const at = (data as Float32Array).findIndex((x) => !Number.isFinite(x));
    if (at < 0) continue;
    const received = `${data[at]} at place ${at}`;
    throw formatError(`${path}: ${name}`, 'finite numbers', received);
  }
  return file;
}

async function requireFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isDirectory()) return;
  throw missingError(
    folder,
    'a model folder',
    facts ? 'a file' : 'nothing there',
    '`wherewhen train DATA --out MODEL` makes one',
  );
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw missingError(
      path,
      `a model folder with ${modelFiles.config} and ${modelFiles.weights}`,
      'no readable file',
      'a training that has not ended its first epoch has no model yet',
      cause,
    );
  }
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const received = (cause as Error).message;
    throw formatError(path, 'JSON', received, undefined, cause);
  }
}
