// Standardised features: each channel brought to mean 0 and deviation 1 while a model is trained, and the scalings put
// into the weights of the model that is kept, which then takes features as they are.
import { usageError } from '../../errors.js';
import type { AttentionSettings } from '../../model/index.js';
import { float32, type Tensor, type Tensors } from '../../tensor.js';
import type { Recipe } from '../recipe/recipe.js';

/** The parameters that hold the scalings during training. */
export const standardNames = { mean: 'standard.mean', scale: 'standard.scale' } as const;

/** The layers that take features as they come; undefined for forms whose padding or masks stand in between. */
function firstLayers(attention: AttentionSettings): string[] | undefined {
  if (attention.form === 'mean') return ['classifier'];
  if (attention.form !== 'joint' || attention.contextFrames > 1) return undefined;
  return attention.contextFrames === 1 ? ['joint.context'] : ['joint.tanh', 'joint.gate', 'classifier'];
}

/** Throws `usage` for a form that cannot take the scalings into its weights. */
export function checkStandardised({ attention }: Recipe): void {
  if (firstLayers(attention)) return;
  throw usageError(
    'train: options: isStandardised',
    'mean, or joint with at most one frame of context',
    attention.form,
    'the scalings of the others cannot be folded into their weights',
  );
}

/** The tensors without the scalings: `W x' + b` with `x' = (x - m) s` is `(W s) x + b - (W s) m`. */
export function foldStandard(tensors: Tensors, attention: AttentionSettings): Tensors {
  const { [standardNames.mean]: mean, [standardNames.scale]: scale, ...rest } = tensors;
  if (!mean || !scale) return tensors;
  for (const layer of firstLayers(attention) ?? []) {
    const [weight, bias] = [rest[`${layer}.weight`]!, rest[`${layer}.bias`]!];
    const folded = fold(weight, bias, numbers(mean), numbers(scale));
    rest[`${layer}.weight`] = folded.weight;
    rest[`${layer}.bias`] = folded.bias;
  }
  return rest;
}

/** Tensors that take features as they are, as they stand on standardised ones: `W x + b` with `x = x' / s + m`. */
export function unfoldStandard(tensors: Tensors, attention: AttentionSettings): Tensors {
  const { [standardNames.mean]: mean, [standardNames.scale]: scale, ...rest } = tensors;
  const [m, s] = [numbers(mean!), numbers(scale!)];
  const inverse = { mean: m.map((one, c) => -one * s[c]!), scale: s.map((one) => 1 / one) };
  for (const layer of firstLayers(attention) ?? []) {
    const [weight, bias] = [rest[`${layer}.weight`]!, rest[`${layer}.bias`]!];
    const unfolded = fold(weight, bias, inverse.mean, inverse.scale);
    rest[`${layer}.weight`] = unfolded.weight;
    rest[`${layer}.bias`] = unfolded.bias;
  }
  return rest;
}

function fold(
  weight: Tensor,
  bias: Tensor,
  mean: Float32Array,
  scale: Float32Array,
): { weight: Tensor; bias: Tensor } {
  const [rows, C] = [weight.shape[0]!, mean.length];
  const W = numbers(weight).slice();
  const b = numbers(bias).slice();
  for (let k = 0; k < rows; k++) {
    let shift = 0;
    for (let c = 0; c < C; c++) {
      W[k * C + c]! *= scale[c]!;
      shift += W[k * C + c]! * mean[c]!;
    }
    b[k]! -= shift;
  }
  return { weight: float32(W, weight.shape), bias: float32(b, bias.shape) };
}

function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}
