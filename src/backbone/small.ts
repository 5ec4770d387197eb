// The small backbone: a few convolutions with batch norm and ReLU, trained together with the attention from scratch.
// 96 pixels become 12 x 12 cells (112 become 14 x 14) for about 7 million multiply-adds a frame.
import { z } from 'zod';
import { count, mostLayers } from '../bounds.js';
import { relu, type Expr } from '../graph/index.js';
import { convolution } from '../model/layers.js';
import { parseWith } from '../model/config.js';
import type { Scope } from '../model/index.js';
import type { Backbone, FrameSize, FeatureScale } from './backbone.js';
import { axisOf, pixelLine, windowed, type CellRow } from './geometry/lines.js';

/** Settings of the small backbone: output channels, stride and kernel edge of each layer. */
export const SmallSettings = z
  .looseObject({
    kind: z.literal('small').default('small'),
    widths: z.array(count).min(1).max(mostLayers).default([24, 48, 64]),
    strides: z.array(count).min(1).max(mostLayers).default([4, 2, 1]),
    /** Where absent: 3, or for strides above 2 an edge that overlaps its neighbours by two pixels. */
    kernels: z.array(count).min(1).max(mostLayers).optional(),
  })
  .refine(({ widths, strides }) => widths.length === strides.length, {
    path: ['strides'],
    message: 'expected as many strides as widths',
  })
  .refine(({ widths, kernels }) => kernels === undefined || widths.length === kernels.length, {
    path: ['kernels'],
    message: 'expected as many kernels as widths',
  });
/** Settings of the small backbone. */
export type SmallSettings = z.infer<typeof SmallSettings>;

/** The small backbone with these settings; throws a `format` error for impossible ones. */
export function small(settings: z.input<typeof SmallSettings> = {}): Backbone {
  const { widths, strides, kernels } = parseWith(SmallSettings, settings, 'backbone');
  const layers = widths.map((channels, i) => {
    const stride = strides[i]!;
    const size = kernels?.[i] ?? (stride > 2 ? stride + 2 : 3);
    return { channels, stride, size, padding: Math.floor((size - 1) / 2) };
  });
  const edge = (pixels: number): CellRow =>
    layers.reduce(
      (cells, { padding, ...kernel }) => windowed(cells, { ...kernel, before: padding, after: padding }),
      pixelLine(pixels),
    );
  const grid = ({ width, height }: FrameSize) => ({
    channels: widths.at(-1)!,
    height: edge(height).length,
    width: edge(width).length,
  });
  return {
    kind: 'small',
    inputChannels: 3,
    grid,
    scales: (size): FeatureScale[] => [
      {
        name: `conv${widths.length}`,
        ...grid(size),
        geometry: { x: axisOf(edge(size.width)), y: axisOf(edge(size.height)), source: 'graph' },
      },
    ],
    forward(scope: Scope, frames: Expr): Expr {
      let x = frames; // [B,3,H,W]
      layers.forEach(({ channels, ...shape }, index) => {
        const name = `backbone.conv${index + 1}`;
        const y = convolution(scope, name, x, channels, shape);
        x = relu(scope.batchNorm(`backbone.bn${index + 1}`, y)); // [B,channels,h,w]
      });
      return x;
    },
  };
}
