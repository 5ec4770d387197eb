// A model on features of a frozen backbone as one ONNX file: bytes of frames to the numbers that the backbone wants, the
// backbone itself, its grids stacked, and the head.
import { createBackbone, type FeatureExtractor } from '../../backbone/index.js';
import { frozenModel, frozenOutput } from '../../backbone/graphExtractor.js';
import { INSIDE } from '../../backbone/preprocessing.js';
import { readBackboneWeights } from '../../backbone/weights/read.js';
import { stacked } from '../../backbone/resnet.js';
import { weightFile } from '../../backbone/parameters.js';
import { formatError } from '../../errors.js';
import {
  add,
  cast,
  concat,
  constant,
  expand,
  input,
  mul,
  reshape,
  slice,
  toOnnx,
  transpose,
  type Expr,
} from '../../graph/index.js';
import { joinOnnx } from '../../graph/joinOnnx.js';
import { inferenceGraph } from '../../model/index.js';
import type { ModelFolder } from '../modelFolder.js';
import { frozenSettings } from '../openFrozen.js';

const names = { pixels: 'pixels', features: 'features' } as const;

/** The whole file. Throws `format` for a backbone that cannot be joined, saying why. */
export async function joinedModel(
  { config, tensors }: ModelFolder,
  extractor: FeatureExtractor,
  { backboneFile, metadata }: { backboneFile?: string; metadata: Record<string, string> },
): Promise<Uint8Array> {
  const { frames: n } = config;
  const backbone = await backboneOf({ config }, extractor, backboneFile);
  const stacked = stackedScales(extractor, backbone.outputs, n);
  const head = toOnnx(inferenceGraph({ config, clips: 1 }).graph, { weights: tensors });
  return joinOnnx(
    [
      { model: pixelsOf(extractor, n), prefix: 'frames/' },
      {
        ...{ model: backbone.bytes, prefix: 'backbone/', path: backbone.path },
        feeds: `frames/${names.pixels}`,
      },
      {
        ...{ model: stacked, prefix: 'stack/' },
        feeds: Object.fromEntries(
          backbone.outputs.map((name, i) => [scaleName(i), `backbone/${name}`] as const),
        ),
      },
      { model: head, prefix: 'head/', feeds: { features: `stack/${names.features}` } },
    ],
    { metadata },
  );
}

/**
 * `frames` uint8 `[1,n,H,W,3]` to `pixels` float32 `[n,3,H,W]` by the preprocessing of the backbone, or for one in eight
 * bits to uint8 `[n,H,W,4]`.
 */
function pixelsOf({ preprocessing, takesBytes }: FeatureExtractor, n: number): Uint8Array {
  const { size, channels, scale, mean, deviation } = preprocessing;
  const bytes = input('frames', [1, n, size.height, size.width, 3], 'uint8');
  const apart = reshape(bytes, [n, size.height, size.width, 3]);
  if (takesBytes) {
    const inside = expand(constant(INSIDE, [1, 1, 1, 1], 'uint8'), [n, size.height, size.width, 1]);
    return toOnnx({ outputs: { [names.pixels]: concat([apart, inside], 3) }, updates: [] }, { weights: {} });
  }
  const planes = transpose(cast(apart, 'float32'), [0, 3, 1, 2]);
  const colour = (c: number): Expr => slice(planes, { axis: 1, start: c, end: c + 1 });
  const ordered = channels === 'RGB' ? planes : concat([colour(2), colour(1), colour(0)], 1);
  const row = (values: number[]): Expr => reshape(constant(values), [1, 3, 1, 1]);
  const factor = row(deviation.map((one) => scale / one));
  const shift = row(mean.map((one, c) => -one / deviation[c]!));
  return toOnnx(
    { outputs: { [names.pixels]: add(mul(ordered, factor), shift) }, updates: [] },
    { weights: {} },
  );
}

/** All scales on the finest grid, as the model was trained on them. */
function stackedScales(
  { scales, grid, alignment }: FeatureExtractor,
  outputs: readonly string[],
  n: number,
): Uint8Array {
  // A backbone of the graph stacks its scales itself and has one output.
  const grids = outputs.length === scales.length ? scales : [grid];
  const inputs = grids.map(({ channels, height, width }, i) =>
    input(scaleName(i), [n, channels, height, width]),
  );
  const all = stacked(inputs, alignment === 'centres' ? scales.map(({ geometry }) => geometry) : undefined);
  const features = reshape(all, [1, n, grid.channels, grid.height, grid.width]);
  return toOnnx({ outputs: { [names.features]: features }, updates: [] }, { weights: {} });
}

function scaleName(i: number): string {
  return `scale${i}`;
}

interface BackboneFile {
  bytes: Uint8Array;
  path: string;
  outputs: string[];
}

async function backboneOf(
  { config }: Pick<ModelFolder, 'config'>,
  extractor: FeatureExtractor,
  file?: string,
): Promise<BackboneFile> {
  const { frames: n } = config;
  const settings = frozenSettings(config, file);
  const { preprocessing, batch, isBatchFree } = extractor;
  if (!extractor.file) {
    const tensors = await readBackboneWeights(settings, await weightFile(settings));
    const { model } = frozenModel(createBackbone(settings), { tensors, preprocessing, batch: n });
    return { bytes: model, path: settings.kind, outputs: [frozenOutput] };
  }
  const path = String(settings.file ?? settings.weights);
  if (!isBatchFree && batch !== n) {
    throw formatError(
      path,
      `a network that takes any number of frames, or ${n} as the model does`,
      `one that takes ${batch}`,
      '`export --web` writes backbone and head as files of their own',
    );
  }
  return { bytes: await extractor.file.model(), path, outputs: [...extractor.file.outputs] };
}
