// A backbone in eight bits belongs to the clips that it was calibrated on, and nobody else can bring it: a model keeps the
// file in its own folder, under one name, and goes on finding it when the folder is moved.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelConfig } from '../model/index.js';
import { writeError, writeAtomically } from '../atomicFile.js';

/** The name of the file in a model folder. Its bytes are part of `backbone.weightsHash`, which every opening checks. */
export const ownBackboneFile = 'backbone.int8.onnx';

/** Puts the file of a backbone in eight bits into `folder`; gives the config that names it there. Throws `output`. */
export async function keepBackbone(folder: string, config: ModelConfig): Promise<ModelConfig> {
  const { file, precision } = config.backbone;
  if (precision !== 'int8' || typeof file !== 'string') return config;
  const own = join(folder, ownBackboneFile);
  if (resolve(file) !== resolve(own)) {
    const bytes = await readFile(file).catch((cause: unknown) => Promise.reject(writeError(own, cause)));
    const held = await readFile(own).catch(() => undefined); // of another calibration it is as long
    if (!held?.equals(bytes)) await writeAtomically(own, bytes);
  }
  return { ...config, backbone: { ...config.backbone, file: ownBackboneFile } };
}

/** The config with the place of its own backbone file, where `folder` holds one. */
export function backboneIn(folder: string, config: ModelConfig): ModelConfig {
  if (config.backbone.file !== ownBackboneFile) return config;
  return { ...config, backbone: { ...config.backbone, file: join(folder, ownBackboneFile) } };
}
