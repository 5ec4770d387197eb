// Pooling over windows of the spatial axes of [N,C,...spatial].
import { sizeOf, type Shape } from '../../tensor.js';
import { constant, defineOperation, Expr, mustHold, showShape, type OnnxBuilder } from '../expr.js';
import { convTranspose, perAxis, type PerAxis } from './convolution.js';
import { scatterAdd } from './indexing.js';
import { mean } from './reduce.js';
import { reshape } from './shape.js';

/** Windows of `size`, by default side by side; `padding` on both ends of an axis. */
export interface PoolOptions {
  size: PerAxis;
  stride?: PerAxis;
  padding?: PerAxis;
}

interface PoolFacts {
  size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];
}

function facts(operation: string, x: Expr, { size, stride = size, padding = 0 }: PoolOptions): PoolFacts {
  const axes = Math.max(1, x.rank - 2);
  return {
    size: perAxis(operation, size, axes),
    stride: perAxis(operation, stride, axes),
    padding: perAxis(operation, padding, axes),
  };
}

function pooledShape(operation: string, x: Shape, { size, stride, padding }: PoolFacts): Shape {
  mustHold(x.length >= 3, operation, 'input must have three or more axes', () => showShape(x));
  const spatial = size.map((length, i) => {
    const padded = x[i + 2]! + 2 * padding[i]!;
    mustHold(
      padded >= length,
      operation,
      'window must fit into the padded input',
      () => `${length} and ${padded}`,
    );
    mustHold(
      padding[i]! * 2 <= length,
      operation,
      'padding must be at most half of the window',
      () => `${padding[i]}`,
    );
    return Math.floor((padded - length) / stride[i]!) + 1;
  });
  return [x[0]!, x[1]!, ...spatial];
}

function onnxAttributes({ size, stride, padding }: PoolFacts) {
  return {
    kernel_shape: { ints: size },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
  };
}

const maxPoolOperation = defineOperation<PoolFacts>({
  name: 'maxPool',
  infer: ([x], attributes) => ({ shape: pooledShape('maxPool', x!.shape, attributes), dtype: x!.dtype }),
  emit: (builder, [x], _node, attributes) => both(builder, x!, attributes)[0]!,
  derivative(node, gradient, _index, attributes) {
    const x = node.inputs[0]!;
    const places = Expr.make(placesOperation, [x], attributes);
    const flat = scatterAdd(reshape(gradient, [-1]), reshape(places, [-1]), [sizeOf(x.shape)], 0);
    return reshape(flat, x.shape);
  },
});

/** Where each maximum was found, as an index into all elements of the input. */
const placesOperation = defineOperation<PoolFacts>({
  name: 'maxPoolPlaces',
  infer: ([x], attributes) => ({ shape: pooledShape('maxPool', x!.shape, attributes), dtype: 'int64' }),
  emit: (builder, [x], _node, attributes) => both(builder, x!, attributes)[1]!,
});

/** The two outputs of one MaxPool node. */
function both(builder: OnnxBuilder, x: string, attributes: PoolFacts): string[] {
  const key = `maxPool(${x})${JSON.stringify(attributes)}`;
  return builder.once(key, () => builder.addMany('MaxPool', [x], 2, onnxAttributes(attributes)));
}

const averagePoolOperation = defineOperation<PoolFacts>({
  name: 'averagePool',
  infer: ([x], attributes) => ({ shape: pooledShape('averagePool', x!.shape, attributes), dtype: x!.dtype }),
  emit: (builder, inputs, _node, attributes) =>
    builder.add('AveragePool', inputs, { ...onnxAttributes(attributes), count_include_pad: { i: 1 } }),
  derivative(node, gradient, _index, { size, stride, padding }) {
    const [batch, channels, ...lengths] = node.inputs[0]!.shape as [number, number, ...number[]];
    const single = reshape(gradient, [batch * channels, 1, ...gradient.shape.slice(2)]);
    const window = constant(1 / sizeOf(size), [1, 1, ...size]);
    const shape = [batch * channels, 1, ...lengths];
    const spread = convTranspose(single, window, { stride, padding, dilation: 1, groups: 1, shape });
    return reshape(spread, node.inputs[0]!.shape);
  },
});

/** Maximum of each window; the gradient goes to the first place that holds it. */
export function maxPool(x: Expr, options: PoolOptions): Expr {
  return Expr.make(maxPoolOperation, [x], facts('maxPool', x, options));
}

/** Mean of each window; padding counts as zeros, as in PyTorch. */
export function averagePool(x: Expr, options: PoolOptions): Expr {
  return Expr.make(averagePoolOperation, [x], facts('averagePool', x, options));
}

/** Mean over all spatial axes: `[N,C,...spatial]` to `[N,C]`. */
export function globalAveragePool(x: Expr): Expr {
  return mean(x, { axes: x.shape.slice(2).map((_, i) => i + 2) });
}
