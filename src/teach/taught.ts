// A taught model as the files of a model folder, and opened beside the backbone that a page has loaded already.
import { toOnnx } from '../graph/index.js';
import { openWebHead, type WebBackbone, type WebModel } from '../infer/webModel.js';
import { encodeSafetensors, inferenceGraph } from '../model/index.js';
import { canRoll, rollingGraph } from '../model/rollingGraph.js';
import type { Taught } from './options.js';

/** The graph of its head with its weights: `head.onnx` as `export --web` writes it. */
export function headFile({ config, tensors }: Pick<Taught, 'config' | 'tensors'>): Uint8Array {
  return toOnnx(inferenceGraph({ config, clips: 1 }).graph, { weights: tensors });
}

/** The same for a stream, one new frame at a time; undefined where every answer needs all frames. */
function rollingFile({ config, tensors }: Pick<Taught, 'config' | 'tensors'>): Uint8Array | undefined {
  return canRoll(config) ? toOnnx(rollingGraph(config).graph, { weights: tensors }) : undefined;
}

/** The model beside its backbone, which stays open when the model is closed. */
export function openTaught(
  taught: Pick<Taught, 'id' | 'config' | 'tensors'>,
  opened: WebBackbone,
): Promise<WebModel> {
  const { id, config } = taught;
  return openWebHead({ id, config, head: headFile(taught), rolling: rollingFile(taught) }, opened);
}

/** `config.json` and `model.safetensors`, as every command reads them. */
export function modelFilesOf({
  config,
  tensors,
}: Pick<Taught, 'config' | 'tensors'>): Record<'config.json' | 'model.safetensors', Uint8Array> {
  return {
    'config.json': new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
    'model.safetensors': encodeSafetensors(tensors),
  };
}
