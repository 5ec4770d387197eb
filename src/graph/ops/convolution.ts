// Convolution along one or more axes, and the two gradients of it, which are each other's gradients too:
// y = x * w is linear in both, so the three operations close the circle.
import { sizeOf, type Shape } from '../../tensor.js';
import {
  defineOperation,
  Expr,
  mustHold,
  sameShape,
  showShape,
  type OnnxAttribute,
  type OnnxBuilder,
} from '../expr.js';
import { requireSameDType } from './compare.js';
import { add } from './elementwise.js';
import { concat, reshape } from './shape.js';
import { unfoldedWeightGradient } from './unfold.js';
import { Winograd } from './winograd.js';

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** How a convolution walks; `padding` zeros are added on both ends of an axis. */
export interface ConvOptions {
  bias?: Expr;
  stride?: PerAxis;
  padding?: PerAxis;
  dilation?: PerAxis;
  groups?: number;
}

interface ConvFacts {
  stride: readonly number[];
  padding: readonly number[];
  dilation: readonly number[];
  groups: number;
}

/** A number for each spatial axis. */
export function perAxis(operation: string, value: PerAxis, axes: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : [...value];
  mustHold(list.length === axes, operation, `one number or ${axes} are needed`, () => showShape(list));
  return list;
}

function onnxAttributes({ stride, padding, dilation, groups }: ConvFacts): Record<string, OnnxAttribute> {
  return {
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
    dilations: { ints: dilation },
    group: { i: groups },
  };
}

function checkConv(x: Expr, w: Expr, { groups }: ConvFacts): void {
  requireSameDType('conv', x, w);
  mustHold(
    x.rank === w.rank && x.rank >= 3,
    'conv',
    'input and weight must have the same three or more axes',
    () => `${showShape(x.shape)} and ${showShape(w.shape)}`,
  );
  const channels = w.shape[1]! * groups;
  mustHold(
    x.shape[1] === channels,
    'conv',
    'channels of input and weight must agree',
    () => `${x.shape[1]} and ${channels}`,
  );
  mustHold(
    w.shape[0]! % groups === 0,
    'conv',
    'groups must divide the output channels',
    () => `${w.shape[0]} / ${groups}`,
  );
}

/**
 * The fast form where it pays: 3x3, stride 1, at least 64 channels on both sides, a small grid (its maps are
 * dense in the grid's size) and enough tiles that transforming the weights is small beside the products.
 * Measured on 2 cores at 40 frames of 2048 to 1024 channels, 7 x 7: 355 ms a core forward where the plain
 * form takes 1065, 364 against 1462 for the input, 505 against 1487 for the weights.
 */
function usesWinograd(x: Shape, w: Shape, { stride, dilation, groups, padding }: ConvFacts): boolean {
  if (x.length !== 4 || groups !== 1 || [...stride, ...dilation].some((n) => n !== 1)) return false;
  const [batch, channels, height, width] = x as [number, number, number, number];
  const is3x3 = w[2] === 3 && w[3] === 3 && padding.every((n) => n <= 1);
  return is3x3 && Math.min(channels, w[0]!) >= 64 && height * width <= 64 && batch >= 8;
}

function winograd(builder: OnnxBuilder, x: Shape, w: Shape, facts: ConvFacts): Winograd | undefined {
  if (builder.isPlain || !usesWinograd(x, w, facts)) return undefined;
  const [batch, channels, height, width] = x as [number, number, number, number];
  const padding = facts.padding as [number, number];
  return new Winograd(builder, { batch, channels, outputs: w[0]!, size: [height, width], padding });
}

const convOperation = defineOperation<ConvFacts>({
  name: 'conv',
  infer([x, w], facts) {
    checkConv(x!, w!, facts);
    const spatial = w!.shape.slice(2).map((size, i) => {
      const padded = x!.shape[i + 2]! + 2 * facts.padding[i]!;
      const span = facts.dilation[i]! * (size - 1) + 1;
      mustHold(
        padded >= span,
        'conv',
        'kernel must fit into the padded input',
        () => `${span} and ${padded}`,
      );
      return Math.floor((padded - span) / facts.stride[i]!) + 1;
    });
    return { shape: [x!.shape[0]!, w!.shape[0]!, ...spatial], dtype: x!.dtype };
  },
  emit(builder, inputs, node, facts) {
    const fast = winograd(builder, node.inputs[0]!.shape, node.inputs[1]!.shape, facts);
    return fast?.output(inputs[0]!, inputs[1]!) ?? builder.add('Conv', inputs, onnxAttributes(facts));
  },
  derivative(node, gradient, index, facts) {
    const [x, w] = [node.inputs[0]!, node.inputs[1]!];
    return index === 0
      ? convInputGradient(gradient, w, { ...facts, shape: x.shape })
      : convWeightGradient(x, gradient, { ...facts, kernel: w.shape.slice(2) });
  },
});

type InputGradientFacts = ConvFacts & { shape: Shape };

const inputGradientOperation = defineOperation<InputGradientFacts>({
  name: 'convInputGradient',
  infer: ([g], { shape }) => ({ shape, dtype: g!.dtype }),
  emit(builder, inputs, node, facts) {
    const [g, w] = [node.inputs[0]!, node.inputs[1]!];
    const fast = winograd(builder, facts.shape, w.shape, facts);
    if (fast) return fast.inputGradient(inputs[0]!, inputs[1]!);
    const rest = facts.stride.map((stride, i) => {
      const span = facts.dilation[i]! * (w.shape[i + 2]! - 1) + 1;
      return facts.shape[i + 2]! - ((g.shape[i + 2]! - 1) * stride - 2 * facts.padding[i]! + span);
    });
    const attributes = { ...onnxAttributes(facts), output_padding: { ints: rest } };
    return builder.add('ConvTranspose', inputs, attributes);
  },
  derivative(node, gradient, index, { shape: _shape, ...facts }) {
    const [g, w] = [node.inputs[0]!, node.inputs[1]!];
    return index === 0
      ? Expr.make(convOperation, [gradient, w], facts)
      : convWeightGradient(gradient, g, { ...facts, kernel: w.shape.slice(2) });
  },
});

/** Gradient of `conv(x, w)` for `x` of `facts.shape`, from the gradient of the output. */
function convInputGradient(gradient: Expr, w: Expr, facts: InputGradientFacts): Expr {
  return Expr.make(inputGradientOperation, [gradient, w], facts);
}

type WeightGradientFacts = ConvFacts & { kernel: Shape };

const weightGradientOperation = defineOperation<WeightGradientFacts>({
  name: 'convWeightGradient',
  infer: ([x, g], { kernel, groups }) => ({
    shape: [g!.shape[1]!, x!.shape[1]! / groups, ...kernel],
    dtype: x!.dtype,
  }),
  /** As a product of columns in two dimensions, where the fast form of all three does not hold. */
  lower({ inputs: [x, g], shape }, facts) {
    const { dilation, groups, stride } = facts;
    const isPlain =
      x!.rank === 4 && groups === 1 && dilation.every((n) => n === 1) && stride[0] === stride[1];
    if (!isPlain || usesWinograd(x!.shape, shape, facts)) return undefined;
    return unfoldedWeightGradient(x!, g!, { ...facts, stride: stride[0]! });
  },
  /** A convolution of the input by the gradient with batch and channels exchanged, stride and dilation too. */
  emit(builder, [x, g], node, facts) {
    const { stride, padding, dilation, groups, kernel } = facts;
    const fast = winograd(builder, node.inputs[0]!.shape, node.shape, facts);
    if (fast) return fast.weightGradient(x!, g!);
    const [batch, channels, ...lengths] = node.inputs[0]!.shape as [number, number, ...number[]];
    const axes = lengths.map((_, i) => i);
    const grouped = builder.add('Reshape', [
      x!,
      builder.ints([batch, groups, channels / groups, ...lengths]),
    ]);
    const turned = builder.add('Transpose', [grouped], {
      perm: { ints: [2, 1, 0, ...axes.map((i) => i + 3)] },
    });
    const rows = builder.add('Reshape', [
      turned,
      builder.ints([channels / groups, groups * batch, ...lengths]),
    ]);
    const swap = { perm: { ints: [1, 0, ...axes.map((i) => i + 2)] } };
    const kernels = builder.add('Transpose', [g!], swap);
    const attributes = onnxAttributes({ stride: dilation, dilation: stride, padding, groups });
    const wide = builder.add('Conv', [rows, kernels], attributes);
    const cut = builder.add('Slice', [
      wide,
      builder.ints(axes.map(() => 0)),
      builder.ints(kernel),
      builder.ints(axes.map((i) => i + 2)),
    ]);
    return builder.add('Transpose', [cut], swap);
  },
  derivative(node, gradient, index, { kernel: _kernel, ...facts }) {
    const [x, g] = [node.inputs[0]!, node.inputs[1]!];
    return index === 0
      ? convInputGradient(g, gradient, { ...facts, shape: x.shape })
      : Expr.make(convOperation, [x, gradient], facts);
  },
  /** A weight that is used at every step: one gradient over all steps' batches. */
  sumOf(nodes, facts) {
    const [first] = nodes;
    const alike = nodes.every((node) =>
      [0, 1].every((i) => sameShape(node.inputs[i]!.shape.slice(1), first!.inputs[i]!.shape.slice(1))),
    );
    if (!alike) return undefined;
    const [x, g] = [0, 1].map((i) =>
      concat(
        nodes.map((node) => node.inputs[i]!),
        0,
      ),
    ) as [Expr, Expr];
    return convWeightGradient(x, g, facts);
  },
});

/** Gradient of `conv(x, w)` for `w` with spatial shape `facts.kernel`, from the gradient of the output. */
function convWeightGradient(x: Expr, gradient: Expr, facts: WeightGradientFacts): Expr {
  return Expr.make(weightGradientOperation, [x, gradient], facts);
}

/**
 * Convolution (cross-correlation, as in PyTorch) of `x` `[N,C,...spatial]` by `w` `[O,C/groups,...kernel]`,
 * plus `bias` `[O]`.
 */
export function conv(
  x: Expr,
  w: Expr,
  { bias, stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions = {},
): Expr {
  const axes = Math.max(0, w.rank - 2);
  const facts = {
    stride: perAxis('conv', stride, axes),
    padding: perAxis('conv', padding, axes),
    dilation: perAxis('conv', dilation, axes),
    groups,
  };
  const out = Expr.make(convOperation, [x, w], facts);
  if (!bias) return out;
  mustHold(sizeOf(bias.shape) === w.shape[0], 'conv', `bias must have ${w.shape[0]} elements`, () =>
    showShape(bias.shape),
  );
  return add(out, reshape(bias, [w.shape[0]!, ...new Array<number>(axes).fill(1)]));
}

/** Gradient of a convolution for its input: the transposed convolution, also what spreads pooled gradients. */
export function convTranspose(
  g: Expr,
  w: Expr,
  facts: Required<Omit<ConvOptions, 'bias'>> & { shape: Shape },
): Expr {
  const axes = w.rank - 2;
  return convInputGradient(g, w, {
    stride: perAxis('convTranspose', facts.stride, axes),
    padding: perAxis('convTranspose', facts.padding, axes),
    dilation: perAxis('convTranspose', facts.dilation, axes),
    groups: facts.groups,
    shape: facts.shape,
  });
}
