// ResNet (He et al. 2015) as torchvision has it, the stride of a bottleneck in its 3x3 convolution, without the
// classifier. Parameters are called `backbone.` and torchvision's name, so that its weight files fit.
import { z } from 'zod';
import { add, concat, interpolate, maxPool, relu, type Expr } from '../graph/index.js';
import { Alignment, type CellGeometry, type Scope } from '../model/index.js';
import { convolution } from '../model/layers.js';
import { parseWith } from '../model/config.js';
import { stackedGrid, type Backbone, type FrameSize, type FeatureScale } from './backbone.js';
import { placesOnFinest } from './geometry/alignment.js';
import { axisOf, pixelLine, windowed, type CellRow } from './geometry/lines.js';
import { usualSize } from './preprocessing.js';

/** Names of the stages, from the finest grid to the coarsest. */
export const stageNames = ['layer1', 'layer2', 'layer3', 'layer4'] as const;
/** A stage of a ResNet. */
export type StageName = (typeof stageNames)[number];

const plans = {
  resnet18: { isBottleneck: false, depths: [2, 2, 2, 2] },
  resnet34: { isBottleneck: false, depths: [3, 4, 6, 3] },
  resnet50: { isBottleneck: true, depths: [3, 4, 6, 3] },
  resnet101: { isBottleneck: true, depths: [3, 4, 23, 3] },
} as const;
/** A depth of ResNet. */
export type ResnetKind = keyof typeof plans;

/** The depths there are. */
export const resnetKinds = Object.keys(plans) as ResnetKind[];

const Stage = z.enum(stageNames);

/** Settings of a ResNet. */
export const ResnetSettings = z
  .looseObject({
    kind: z.enum(resnetKinds as [ResnetKind, ...ResnetKind[]]),
    /** Stages to give out; several are stacked on the finest grid, in this order. The network ends after the last. */
    stages: z
      .array(Stage)
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'expected every stage once')
      .default(['layer4']),
    /** 1 keeps the grid of `layer3` in `layer4`: 14 x 14 cells of 224 pixels instead of 7 x 7. */
    lastStride: z.union([z.literal(1), z.literal(2)]).default(2),
    /** Begin at this stage: `forward` then takes the features of the stage before it instead of frames. */
    from: z.enum(['layer2', 'layer3', 'layer4']).optional(),
    /**
     * Statistics of batch norm while training: `batch` normalises by the batch and follows it in the running statistics, as
     * PyTorch's train mode does; `running` keeps the running ones as they are, and only weights and biases learn.
     */
    batchNorm: z.enum(['batch', 'running']).default('batch'),
    /**
     * How several stages are laid on the finest: read where its cells look, or as if the cells of all looked at the middles
     * of equal tiles, which models that do not say it were trained on.
     */
    alignment: Alignment.default('tiles'),
  })
  .refine(({ stages, from }) => !from || areFrom(stages, from), {
    path: ['stages'],
    message: 'expected no stage before `from`, but for the one right before it beside others',
  });
/** Settings of a ResNet. */
export type ResnetSettings = z.infer<typeof ResnetSettings>;

/** The stage before `name`; what a network takes that begins at `name`. */
export function stageBefore(name: Exclude<StageName, 'layer1'>): StageName {
  return stageNames[stageNames.indexOf(name) - 1]!;
}

/** Stages that a network can give that begins at `from`: its input may be one of several. */
function areFrom(stages: readonly StageName[], from: Exclude<StageName, 'layer1'>): boolean {
  return stages.every((name) => name >= stageBefore(from)) && stages.some((name) => name >= from);
}

interface StagePlan {
  name: StageName;
  width: number;
  channels: number;
  blocks: number;
  stride: number;
}

/** The ResNet that these settings describe; throws a `format` error for impossible ones. */
export function resnet(settings: z.input<typeof ResnetSettings>): Backbone {
  const {
    kind,
    stages: wanted,
    lastStride,
    from,
    batchNorm,
    ...rest
  } = parseWith(ResnetSettings, settings, 'backbone');
  const { isBottleneck } = plans[kind];
  const all = stagePlans(kind, lastStride);
  const alignment = wanted.length > 1 ? rest.alignment : 'tiles';
  const last = Math.max(...wanted.map((name) => stageNames.indexOf(name)));
  const first = from ? stageNames.indexOf(from) : 0;
  const run = all.slice(first, last + 1);
  const block = isBottleneck ? bottleneck : basicBlock;
  const scales = (size: FrameSize): FeatureScale[] => {
    const grids = gridsOf(all, isBottleneck, size);
    return wanted.map((name) => grids.find((grid) => grid.name === name)!);
  };
  return {
    kind,
    inputChannels: from ? all[first - 1]!.channels : 3,
    scales,
    alignment,
    grid: (size) => stackedGrid(scales(size)),
    ...(from && { inputGrid: (size: FrameSize) => gridsOf(all, isBottleneck, size)[first - 1]! }),
    forward: (scope, frames) =>
      batchNorm === 'running'
        ? scope.withRunningStatistics(() => build(scope, frames))
        : build(scope, frames),
    forwardScales: grids,
  };

  function build(scope: Scope, frames: Expr): Expr {
    // Paddings are the same on all sides, so where cells look does not hang on the size.
    const geometry = alignment === 'centres' ? scales(usualSize).map((one) => one.geometry) : undefined;
    return stacked(grids(scope, frames), geometry); //              [B,C,h,w]
  }

  function grids(scope: Scope, frames: Expr): Expr[] {
    let x = from ? frames : stem(scope, frames); //                [B,64,H/4,W/4]
    const given = new Map<StageName, Expr>(from && [[stageBefore(from), frames]]);
    for (const { name, width, channels, blocks, stride } of run) {
      for (let i = 0; i < blocks; i++) {
        const place = { name: `backbone.${name}.${i}`, width, channels, stride: i === 0 ? stride : 1 };
        x = block(scope, x, place); //                             [B,channels,h,w]
      }
      given.set(name, x);
    }
    return wanted.map((name) => given.get(name)!);
  }
}

/**
 * Grids `[B,Ci,hi,wi]` on the finest of them, bilinear: read where its cells look if the `geometry` of each is given, else
 * with half-pixel centres. `[B,sum Ci,h,w]`.
 */
export function stacked(grids: readonly Expr[], geometry?: readonly CellGeometry[]): Expr {
  if (grids.length === 1) return grids[0]!;
  const sizes = grids.map(({ shape }) => ({ height: shape[2]!, width: shape[3]! }));
  const places = placesOnFinest(sizes, geometry);
  return concat(
    grids.map((grid, i) => (places[i] ? interpolate(grid, places[i]) : grid)),
    1,
  );
}

function stagePlans(kind: ResnetKind, lastStride: number): StagePlan[] {
  const { isBottleneck, depths } = plans[kind];
  return stageNames.map((name, i) => ({
    name,
    width: 64 * 2 ** i,
    channels: 64 * 2 ** i * (isBottleneck ? 4 : 1),
    blocks: depths[i]!,
    stride: i === 0 ? 1 : i === 3 ? lastStride : 2,
  }));
}

/** Kernels of 7 and 3 with half of it as padding: every halving rounds up, and cell 0 looks at pixel 0. */
function gridsOf(
  stages: readonly StagePlan[],
  isBottleneck: boolean,
  { width, height }: FrameSize,
): FeatureScale[] {
  const [down, across] = [height, width].map((pixels) => linesOf(stages, isBottleneck, pixels));
  return stages.map(({ name, channels }, i) => {
    const [y, x] = [down![i]!, across![i]!];
    const geometry: CellGeometry = { x: axisOf(x), y: axisOf(y), source: 'graph' };
    return { name, channels, height: y.length, width: x.length, geometry };
  });
}

/** One axis of each stage's grid. */
function linesOf(stages: readonly StagePlan[], isBottleneck: boolean, pixels: number): CellRow[] {
  const halfPadded = (line: CellRow, size: number, stride: number): CellRow => {
    const pad = Math.floor(size / 2);
    return windowed(line, { size, stride, before: pad, after: pad });
  };
  let line = halfPadded(halfPadded(pixelLine(pixels), 7, 2), 3, 2);
  return stages.map(({ blocks, stride }) => {
    for (let i = 0; i < blocks; i++) {
      line = halfPadded(line, 3, i === 0 ? stride : 1);
      if (!isBottleneck) line = halfPadded(line, 3, 1);
    }
    return line;
  });
}

function stem(scope: Scope, frames: Expr): Expr {
  const x = convolution(scope, 'backbone.conv1', frames, 64, { size: 7, stride: 2 }); // [B,64,H/2,W/2]
  return maxPool(relu(scope.batchNorm('backbone.bn1', x)), { size: 3, stride: 2, padding: 1 });
}

interface BlockPlace {
  name: string;
  width: number;
  channels: number;
  stride: number;
}

/** Convolution number `index` of a block and its batch norm. */
function normed(
  scope: Scope,
  { name }: BlockPlace,
  index: number,
  x: Expr,
  channels: number,
  shape: { size: number; stride?: number },
): Expr {
  return scope.batchNorm(
    `${name}.bn${index}`,
    convolution(scope, `${name}.conv${index}`, x, channels, shape),
  );
}

function basicBlock(scope: Scope, x: Expr, place: BlockPlace): Expr {
  const { channels, stride } = place;
  const first = relu(normed(scope, place, 1, x, channels, { size: 3, stride }));
  return relu(add(normed(scope, place, 2, first, channels, { size: 3 }), shortcut(scope, x, place)));
}

function bottleneck(scope: Scope, x: Expr, place: BlockPlace): Expr {
  const { width, channels, stride } = place;
  const narrow = relu(normed(scope, place, 1, x, width, { size: 1 }));
  const seen = relu(normed(scope, place, 2, narrow, width, { size: 3, stride }));
  return relu(add(normed(scope, place, 3, seen, channels, { size: 1 }), shortcut(scope, x, place)));
}

/** The input itself where it fits, else through a 1x1 convolution. */
function shortcut(scope: Scope, x: Expr, { name, channels, stride }: BlockPlace): Expr {
  if (stride === 1 && x.shape[1] === channels) return x;
  const projected = convolution(scope, `${name}.downsample.0`, x, channels, { size: 1, stride });
  return scope.batchNorm(`${name}.downsample.1`, projected);
}
