// A backbone of the graph, frozen: its weights are written into the ONNX file, so that the engine folds each batch norm
// into its convolution and packs the weights once.
import { formatError, WhereWhenError } from '../errors.js';
import { input, toOnnx, type Expr } from '../graph/index.js';
import { Scope } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Tensors } from '../tensor.js';
import type { Backbone } from './backbone.js';
import { extractorOf, type FeatureExtractor } from './extractor.js';
import { hashTensors, identityOf } from './identity.js';
import type { Preprocessing } from './preprocessing.js';

/** What a graph backbone needs to extract. */
export interface GraphExtractorOptions {
  /** Its parameters by their names in the graph (`backbone.conv1.weight`); others are left aside. */
  tensors: Tensors;
  preprocessing: Preprocessing;
  runtime: Runtime;
  /** Frames a run; fewer are filled up. */
  batch?: number;
}

/** Freezes `backbone` into an extractor; throws `missing` and `shape` errors for parameters that do not fit. */
export async function freeze(
  backbone: Backbone,
  { runtime, batch = 8, ...options }: GraphExtractorOptions,
): Promise<FeatureExtractor> {
  const { preprocessing } = options;
  const { outputs, weights } = frozenGraph(backbone, { ...options, batch }, forwardApart);
  const model = toOnnx({ outputs, updates: [] }, { weights });
  const scales = backbone.scales(preprocessing.size);
  const { kind, alignment = 'tiles' } = backbone;
  const identity = identityOf({ kind, weights: hashTensors(weights), preprocessing, scales, alignment });
  return extractorOf({
    ...{ kind, identity, preprocessing, scales, alignment, batch },
    program: await runtime.openModel(model),
    outputs: Object.keys(outputs),
    isBatchFree: false,
  });
}

/** The name of a frozen backbone's only output: all scales stacked. */
export const frozenOutput = 'features';

/** `backbone` as an ONNX file with its weights inside: `frames` float32 `[batch,3,H,W]` to `features [batch,C,h,w]`. */
export function frozenModel(
  backbone: Backbone,
  options: Omit<GraphExtractorOptions, 'runtime'> & { batch: number },
): { model: Uint8Array; weights: Tensors } {
  const { outputs, weights } = frozenGraph(backbone, options, (scope, frames) => ({
    [frozenOutput]: backbone.forward(scope, frames),
  }));
  return { model: toOnnx({ outputs, updates: [] }, { weights }), weights };
}

/** What `forward` makes of frames, and the weights that it takes. */
function frozenGraph(
  backbone: Backbone,
  { tensors, preprocessing, batch }: Omit<GraphExtractorOptions, 'runtime'> & { batch: number },
  forward: (scope: Scope, frames: Expr, backbone: Backbone) => Record<string, Expr>,
): { outputs: Record<string, Expr>; weights: Tensors } {
  const { width, height } = preprocessing.size;
  if (backbone.inputChannels !== 3) throw notFrames(backbone);
  const scope = new Scope({ training: false });
  const outputs = forward(scope, input('frames', [batch, 3, height, width]), backbone);
  const used = scope.parameters.filter(({ name }) => tensors[name]);
  return { outputs, weights: Object.fromEntries(used.map(({ name }) => [name, tensors[name]!])) };
}

/** Each scale as an output of its own: stores keep them so. */
function forwardApart(scope: Scope, frames: Expr, backbone: Backbone): Record<string, Expr> {
  const grids = backbone.forwardScales?.(scope, frames);
  if (grids === undefined || grids.length < 2) return { [frozenOutput]: backbone.forward(scope, frames) };
  return Object.fromEntries(grids.map((grid, i) => [`${frozenOutput}.${i}`, grid]));
}

function notFrames({ kind, inputChannels }: Backbone): WhereWhenError {
  const expected = 'a network that takes frames of 3 channels';
  const hint = '`from` begins it at a later stage, which only training does';
  return formatError(kind, expected, `${inputChannels}`, hint);
}
