// A weight file of either kind, by what is in it and not by its name.
import { readFile } from 'node:fs/promises';
import { missingError } from '../../errors.js';
import { decodeSafetensors, Scope, type DeclaredParameter } from '../../model/index.js';
import { input } from '../../graph/index.js';
import type { Tensors } from '../../tensor.js';
import { createBackbone, type BackboneSettings } from '../kinds.js';
import { resnetKinds } from '../resnet.js';
import { fitWeights } from './fit.js';
import { decodeTorchFile } from './torchFile.js';

/** The tensors of a safetensors or PyTorch file, by their names there. Throws `missing` and `format`. */
export async function readWeightFile(path: string): Promise<Tensors> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const received = cause.code === 'ENOENT' ? 'nothing there' : cause.message;
    throw missingError(path, 'a weight file', received, undefined, cause);
  });
  const isTorch = (bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0x80 && bytes[1]! <= 5);
  const isSafetensors = bytes[8] === 0x7b; // the header is a JSON object behind its length
  return isTorch && !isSafetensors ? decodeTorchFile(bytes, path) : decodeSafetensors(bytes, path).tensors;
}

/**
 * The parameters of the backbone that `settings` describe, from the weight file `path` with torchvision's, timm's or our
 * own names. Throws one `format` error that lists every missing, extra and wrongly shaped tensor.
 */
export async function readBackboneWeights(settings: BackboneSettings, path: string): Promise<Tensors> {
  const tensors = await readWeightFile(path);
  return fitWeights(tensors, { parameters: parametersOf(settings), known: wholeNames(settings), path });
}

/** The parameters of a backbone, by name and shape. */
export function parametersOf(settings: BackboneSettings): readonly DeclaredParameter[] {
  const scope = new Scope({ training: false });
  const backbone = createBackbone(settings);
  backbone.forward(scope, input('frames', [1, backbone.inputChannels, 64, 64]));
  return scope.parameters;
}

/** Parameters of the whole network, of which `settings` may ask for a part. */
function wholeNames({ kind }: BackboneSettings): string[] {
  const isResnet = resnetKinds.some((one) => one === kind);
  return isResnet ? parametersOf({ kind, stages: ['layer4'] }).map(({ name }) => name) : [];
}
