// The float32 network behind an extractor as an ONNX file with an output for each scale, whatever it is made of.
import schema from 'onnx-proto';
import { decodeModel, input, toOnnx } from '../../graph/index.js';
import { Scope } from '../../model/index.js';
import type { FeatureExtractor } from '../extractor.js';
import { createBackbone, onnxKind, type BackboneSettings } from '../kinds.js';
import { readParameters } from '../parameters.js';
import { readWhole } from '../onnx/external.js';

const { onnx } = schema;

/** The file that `settings` and their open extractor mean. Throws what reading throws. */
export async function floatModelOf(
  settings: BackboneSettings,
  { preprocessing, scales }: Pick<FeatureExtractor, 'preprocessing' | 'scales'>,
): Promise<Uint8Array> {
  if (settings.kind === onnxKind) return readWhole(String(settings.file));
  const backbone = createBackbone(settings);
  const scope = new Scope({ training: false });
  const { width, height } = preprocessing.size;
  const frames = input('frames', [1, 3, height, width]);
  const grids = backbone.forwardScales?.(scope, frames) ?? [backbone.forward(scope, frames)];
  const outputs = Object.fromEntries(grids.map((grid, i) => [scales[i]!.name, grid]));
  const tensors = await readParameters(settings);
  const used = scope.parameters.filter(({ name }) => tensors[name]);
  const weights = Object.fromEntries(used.map(({ name }) => [name, tensors[name]!]));
  return withFreeBatch(toOnnx({ outputs, updates: [] }, { weights }));
}

/** Convolutions, norms, poolings and sums take any number of frames, whatever the graph was written for. */
function withFreeBatch(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  for (const value of [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])])
    value.type!.tensorType!.shape!.dim![0] = onnx.TensorShapeProto.Dimension.create({ dimParam: 'n' });
  return onnx.ModelProto.encode(model).finish();
}
