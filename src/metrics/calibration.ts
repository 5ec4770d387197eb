// Do probabilities mean what they say? Expected calibration error, the data of a reliability plot, and temperature
// scaling (Guo et al., On Calibration of Modern Neural Networks, 2017).
import { inputError, WhereWhenError } from '../errors.js';
import { predictedClass, type ClassAnswer } from './classification.js';

/** One bar of a reliability plot: answers whose confidence lies in (low, high]. Means are null for an empty bar. */
export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  confidence: number | null;
  accuracy: number | null;
}

/** Calibration of a set of answers; `scores` are probabilities. `nll` is the mean `-log p` of the true class. */
export interface CalibrationSummary {
  ece: number;
  maximum: number;
  nll: number;
  bins: ReliabilityBin[];
}

/**
 * `ECE = sum_b n_b / n |accuracy_b - confidence_b|` over `bins` bars of equal width; confidence is the highest
 * probability. Throws `WhereWhenError` (input) for no answers.
 */
export function calibration(answers: readonly ClassAnswer[], bins = 15): CalibrationSummary {
  if (answers.length === 0) throw fault('at least one answer', '0');
  const filled = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  let nll = 0;
  for (const { scores, truth } of answers) {
    const predicted = predictedClass(scores);
    const confidence = scores[predicted]!;
    if (!(confidence >= 0 && confidence <= 1 + 1e-6))
      throw fault('probabilities in 0..1', String(confidence));
    const bin = filled[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    if (predicted === truth) bin.right++;
    nll -= Math.log(Math.max(scores[truth]!, Number.MIN_VALUE)) / answers.length;
  }
  const gaps = filled.map(({ count, confidence, right }) => Math.abs(right - confidence) / (count || 1));
  return {
    ece: filled.reduce((sum, { count }, b) => sum + (count / answers.length) * gaps[b]!, 0),
    maximum: Math.max(...gaps),
    nll,
    bins: filled.map(({ count, confidence, right }, b) => ({
      low: b / bins,
      high: (b + 1) / bins,
      count,
      confidence: count === 0 ? null : confidence / count,
      accuracy: count === 0 ? null : right / count,
    })),
  };
}

/** `softmax(logits / temperature)`: a temperature above 1 makes answers less sure; the ranking stays. */
export function scaledProbabilities(logits: readonly number[], temperature: number): number[] {
  const highest = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp((logit - highest) / temperature));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/**
 * The temperature that makes the mean `-log p` of the true class least on validation answers (`scores` are logits;
 * log probabilities serve as well). The loss is convex in `1 / T`; golden section search on it within 0.01..100.
 * Fit on validation, never on the clips that are then scored.
 */
export function fitTemperature(validation: readonly ClassAnswer[]): number {
  if (validation.length === 0) throw fault('at least one validation answer', '0');
  const loss = (inverse: number) =>
    validation.reduce((sum, { scores, truth }) => sum + crossEntropy(scores, truth, inverse), 0);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.01), Math.log(100)];
  while (high - low > 1e-7) {
    const span = golden * (high - low);
    if (loss(Math.exp(high - span)) <= loss(Math.exp(low + span))) high = low + span;
    else low = high - span;
  }
  return Math.exp(-(low + high) / 2);
}

/** `logsumexp(s * inverse) - s_truth * inverse`. */
function crossEntropy(scores: readonly number[], truth: number, inverse: number): number {
  const highest = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp((score - highest) * inverse), 0);
  return Math.log(sum) - (scores[truth]! - highest) * inverse;
}

function fault(expected: string, received: string): WhereWhenError {
  return inputError('evaluate.calibration', expected, received);
}
