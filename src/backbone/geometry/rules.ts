// Where the cells look that an ONNX operation makes, from where those look that it reads: the table of all operations.
import { moveRules } from './moves.js';
import type { OnnxNode } from './onnxNode.js';
import { asTokens, merged, type PlaceRule, type Value } from './places.js';
import { windowRules } from './windows.js';

/** Operations that work on each cell, or on all of them in the same way. */
const CELLWISE = `Abs Add And BatchNormalization BiasGelu Cast CastLike Ceil Celu Clip Cos DequantizeLinear Div Dropout
  DynamicQuantizeLinear Elu Equal Erf Exp FastGelu Floor Gelu Greater GroupNormalization HardSigmoid HardSwish Identity InstanceNormalization LRN
  LayerNormalization LeakyRelu Less Log LogSoftmax LpNormalization Max Mean MeanVarianceNormalization Min Mish Mul Neg Not
  Or PRelu Pow QLinearAdd QLinearLeakyRelu QLinearMul QLinearSigmoid QuickGelu QuantizeLinear RMSNormalization Reciprocal
  Relu Round Selu Sigmoid Sign SimplifiedLayerNormalization Sin SkipLayerNormalization Softmax Softplus Softsign Sqrt Sub
  Sum Tanh ThresholdedRelu Where`;

/** Operations that turn a grid into tokens, or mix tokens. */
const TOKENWISE = `Attention Einsum Expand Flatten Gemm GroupQueryAttention MultiHeadAttention Reshape ScatterND Squeeze
  Tile Unsqueeze`;

/** Operations whose result has no place in the picture. */
const PLACELESS = `GlobalAveragePool GlobalLpPool GlobalMaxPool NonZero QLinearGlobalAveragePool Shape Size`;

const rules: Readonly<Record<string, PlaceRule>> = {
  ...named(CELLWISE, (_, inputs) => merged(inputs)),
  ...named(TOKENWISE, (_, inputs) => asTokens(merged(inputs))),
  ...named(PLACELESS, () => 'nowhere'),
  ...windowRules,
  ...moveRules,
};

/** What is known of the outputs of `node`, which has no graphs inside. */
export function follow(node: OnnxNode, inputs: readonly Value[]): Value {
  const lost = inputs.find((value) => typeof value === 'object' && 'lost' in value);
  if (lost) return lost;
  const places = inputs.map((value) => (typeof value === 'object' && 'y' in value ? value : undefined));
  if (places.every((place) => place === undefined)) return 'nowhere';
  return rules[node.type]?.(node, places) ?? { lost: `the operation ${node.type}` };
}

function named(names: string, rule: PlaceRule): Record<string, PlaceRule> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, rule]));
}
