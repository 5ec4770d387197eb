// Expressions with static shapes, their gradients, optimiser updates, and the ONNX file that runs.
export {
  constant,
  Expr,
  input,
  parameter,
  type OnnxAttribute,
  type OnnxBuilder,
  type Operation,
} from './expr.js';
export { cast, equal, expand, greater, less, stopGradient, where, type Operand } from './ops/compare.js';
export {
  abs,
  add,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  power,
  relu,
  sigmoid,
  sign,
  sqrt,
  square,
  sub,
  tanh,
} from './ops/elementwise.js';
export { argMax, max, mean, sum, type ReduceOptions } from './ops/reduce.js';
export { logSoftmax, softmax } from './ops/softmax.js';
export { concat, pad, reshape, slice, squeeze, stack, transpose, unsqueeze } from './ops/shape.js';
export { gather, oneHot, zeros } from './ops/indexing.js';
export { matMul } from './ops/matMul.js';
export { conv, type ConvOptions, type PerAxis } from './ops/convolution.js';
export { averagePool, globalAveragePool, maxPool, type PoolOptions } from './ops/pooling.js';
export { batchNorm, type BatchNormOptions } from './ops/normalisation.js';
export { interpolate, resize } from './ops/resize.js';
export { gradients } from './gradients.js';
export {
  adam,
  adamw,
  clipByGlobalNorm,
  sgd,
  type AdamOptions,
  type Optimiser,
  type OptimiserState,
  type ParameterUpdate,
  type SgdOptions,
  type UpdateOptions,
} from './optimisers.js';
export { decodeModel, type OnnxModel } from './decodeModel.js';
export { toOnnx, type Graph, type ToOnnxOptions } from './onnx.js';
