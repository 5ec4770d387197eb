// The small backbone: a few 3x3 convolutions with batch norm and ReLU, trained together with the attention from
// scratch. 112 pixels become 14 x 14 cells (96 become 12 x 12) for about 11 million multiply-adds a frame.
import { z } from 'zod';
import { relu, type Expr } from '../graph/index.js';
import { convolution, parseWith, type Scope } from '../model/index.js';
import type { Backbone, FrameSize, Grid } from './backbone.js';

const count = z.number().int().min(1);

/** Settings of the small backbone: output channels and stride of each layer. */
export const SmallSettings = z
  .looseObject({
    kind: z.literal('small').default('small'),
    widths: z.array(count).min(1).default([16, 24, 48, 64]),
    strides: z.array(count).min(1).default([2, 2, 2, 1]),
  })
  .refine(({ widths, strides }) => widths.length === strides.length, {
    path: ['strides'],
    message: 'expected as many strides as widths',
  });
/** Settings of the small backbone. */
export type SmallSettings = z.infer<typeof SmallSettings>;

/** The small backbone with these settings; throws a `format` error for impossible ones. */
export function small(settings: z.input<typeof SmallSettings> = {}): Backbone {
  const { widths, strides } = parseWith(SmallSettings, settings, 'backbone');
  const edge = (pixels: number): number =>
    strides.reduce((cells, stride) => Math.ceil(cells / stride), pixels);
  return {
    kind: 'small',
    grid: ({ width, height }: FrameSize): Grid => ({
      channels: widths.at(-1)!,
      height: edge(height),
      width: edge(width),
    }),
    forward(scope: Scope, frames: Expr): Expr {
      let x = frames; // [B,3,H,W]
      widths.forEach((channels, index) => {
        const name = `backbone.conv${index + 1}`;
        const y = convolution(scope, name, x, channels, { stride: strides[index]! });
        x = relu(scope.batchNorm(`backbone.bn${index + 1}`, y)); // [B,channels,h,w]
      });
      return x;
    },
  };
}
