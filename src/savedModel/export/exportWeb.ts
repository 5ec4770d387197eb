// A model folder as the files that a page runs (infer/webModel.ts). They are run here and compared with the model itself
// before anybody trusts them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBackbone, type Preprocessing } from '../../backbone/index.js';
import { frozenModel, frozenOutput } from '../../backbone/graphExtractor.js';
import { onnxKind } from '../../backbone/kinds.js';
import { toOnnx } from '../../graph/index.js';
import { openWebModel, type Answer, type SampledClip } from '../../infer/index.js';
import { webFiles, type WebModelDescription } from '../../infer/webModel.js';
import { inferenceGraph, type ModelConfig } from '../../model/index.js';
import { openRuntime } from '../../runtime/index.js';
import { float32, type Tensors } from '../../tensor.js';
import { writeAtomically } from '../../atomicFile.js';
import { differencesOf, ONNX_TOLERANCE, randomFrames, untrueExport } from './exportOnnx.js';
import { readModelFolder, type ModelFolder } from '../modelFolder.js';
import { inOnePiece } from './onePiece.js';
import { describeBackbone } from './describeBackbone.js';
import { openFrozen, requirePrecision } from '../openFrozen.js';
import { openModel, type OpenModelOptions } from '../openModel.js';

/** What was written, and how it compared on one clip of random frames. */
export interface ExportedWeb {
  folder: string;
  /** Bytes of each file. */
  files: Record<string, number>;
  /** Largest absolute difference over probabilities, weights and where-map, and of each. */
  largestDifference: number;
  differences: Record<string, number>;
}

/** Where the file of a frozen backbone lies now, if not where config.json says; where the comparison computes. */
export type ExportWebOptions = OpenModelOptions;

/**
 * Writes `backbone.onnx`, `head.onnx` and `model.json` into `folder`; the description comes last, so that a folder that
 * has it is whole. A backbone in eight bits is written as it is. Throws what `openModel` throws, `output` for a place that cannot be written to, and `internal` for
 * files that answer otherwise than the model does.
 */
export async function exportWeb(
  model: string,
  folder: string,
  options: ExportWebOptions = {},
): Promise<ExportedWeb> {
  const parts = await readModelFolder(model);
  requirePrecision(parts.config, options.precision ?? 'auto', model);
  const { bytes, described } = await backboneOf(parts, options);
  const { graph } = inferenceGraph({ config: parts.config, clips: 1 });
  const description: WebModelDescription = {
    ...{ version: 1, id: parts.id, config: withoutPaths(parts.config) },
    backbone: described,
  };
  const files = {
    [webFiles.backbone]: bytes,
    [webFiles.head]: toOnnx(graph, { weights: parts.tensors }),
    [webFiles.description]: new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`),
  };
  for (const [name, content] of Object.entries(files)) await writeAtomically(join(folder, name), content);
  const differences = await compare(model, folder, options);
  const largestDifference = Math.max(...Object.values(differences));
  if (!(largestDifference <= ONNX_TOLERANCE)) throw untrueExport(folder, largestDifference);
  const sizes = Object.entries(files).map(([name, { length }]) => [name, length] as const);
  return { folder, files: Object.fromEntries(sizes), largestDifference, differences };
}

/** The files of such a folder, as `openWebModel` takes them. */
export async function readWebModel(folder: string) {
  const [backbone, head, description] = await Promise.all(
    [webFiles.backbone, webFiles.head, webFiles.description].map((name) => readFile(join(folder, name))),
  );
  return {
    backbone: Uint8Array.from(backbone!),
    head: Uint8Array.from(head!),
    description: JSON.parse(description!.toString('utf8')) as unknown,
  };
}

/** The backbone of a model for a page, as bytes of an ONNX file and as it is run, with the config that names no place here. */
export async function webBackbone(
  model: ModelFolder,
  options: ExportWebOptions = {},
): Promise<{ bytes: Uint8Array; described: WebModelDescription['backbone']; config: ModelConfig }> {
  return { ...(await backboneOf(model, options)), config: withoutPaths(model.config) };
}

type Described = WebModelDescription['backbone'];

/** The backbone as an ONNX file: its own where it came as one, else written from the graph for one frame a run. */
async function backboneOf(
  model: ModelFolder,
  { backboneFile, ...compute }: ExportWebOptions,
): Promise<{ bytes: Uint8Array; described: Described }> {
  const { config } = model;
  const { kind } = config.backbone;
  await using runtime = await openRuntime(compute);
  if (kind !== onnxKind) {
    const { config: whole, ...rest } = await inOnePiece(model, { runtime, backboneFile });
    return written(whole, rest);
  }
  await using extractor = await openFrozen(config, runtime, backboneFile);
  return { bytes: await extractor.file!.model(), described: describeBackbone(kind, extractor) };
}

function written(
  { backbone: settings }: ModelConfig,
  { identity, ...options }: { tensors: Tensors; preprocessing: Preprocessing; identity: string },
): { bytes: Uint8Array; described: Described } {
  const backbone = createBackbone(settings);
  const { preprocessing } = options;
  return {
    bytes: frozenModel(backbone, { ...options, batch: 1 }).model,
    described: {
      ...{ kind: settings.kind, identity, preprocessing, scales: backbone.scales(preprocessing.size) },
      ...{ outputs: [frozenOutput], batch: 1 },
    },
  };
}

/** The config without places on this machine and the story of its training, which are nobody's business elsewhere. */
function withoutPaths({ training: _, ...config }: ModelConfig): ModelConfig {
  const kept = Object.entries(config.backbone).filter(([name]) => name !== 'file' && name !== 'weights');
  return { ...config, backbone: { kind: config.backbone.kind, ...Object.fromEntries(kept) } };
}

async function compare(
  model: string,
  folder: string,
  { backboneFile, ...compute }: ExportWebOptions,
): Promise<Record<string, number>> {
  const own = await openModel(model, { ...compute, backboneFile });
  const web = await openWebModel(await readWebModel(folder), await openRuntime(compute));
  try {
    const { frames: n, transform } = own.config;
    const { width, height } = transform.size;
    const frames = randomFrames({ name: 'frames', dtype: 'uint8', shape: [n, height, width, 3] });
    const clip = noiseClip(frames.data as Uint8Array, n, transform.size);
    const expected = await own.predict(clip, 'noise');
    const got = await web.answer(await web.features(frames), clip, 'noise');
    return differencesOf(numbersOf(expected), numbersOf(got));
  } finally {
    await web.close();
    await own.close();
  }
}

function noiseClip(frames: Uint8Array, n: number, size: { width: number; height: number }): SampledClip {
  const numbered = Array.from({ length: n }, (_, i) => i);
  return {
    frames,
    times: Float64Array.from(numbered),
    indices: numbered,
    info: {
      ...{ path: 'noise', ...size, frames: n, durationSeconds: n, frameRate: 1, isVariableRate: false },
      ...{ rotation: 0, codec: 'none', container: 'none' },
    },
    ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
  };
}

function numbersOf({ probabilities, localization, result }: Answer): Tensors {
  return {
    probabilities: float32(probabilities),
    weights: float32(result.frames.map(({ weight }) => weight)),
    map: float32(localization.map),
  };
}
