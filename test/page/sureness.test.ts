import { expect, it } from 'vitest';
import { answerSentence } from '../../src/page/sentences.js';
import type { Result } from '../../src/result.js';

/** A Result as far as the sentence reads it. */
function saying(
  probability: number,
  more: { unlike?: number; sure?: { clips: number; right: number } } = {},
): string {
  const { unlike, sure } = more;
  const model = { id: 'a', attention: 'joint', backbone: 'onnx', ...(sure && { sure }) };
  const classes = [
    { label: 'dive', probability },
    { label: 'run', probability: 1 - probability },
  ];
  return answerSentence({ classes, model, ...(unlike && { unlike }) } as Result);
}

it('a model that keeps no count of held-out clips is taken at its word', () => {
  expect([saying(0.95), saying(0.7), saying(0.55)]).toEqual([
    'Dive, sure (95 %).',
    'Dive, likely (70 %); run is possible too (30 %).',
    'Dive, unsure (55 %); run is possible too (45 %).',
  ]);
});

it('is sure only where at least ten held-out clips bear it out, nine of ten rightly', () => {
  expect(saying(0.95, { sure: { clips: 10, right: 9 } })).toBe('Dive, sure (95 %).');
  expect(saying(0.95, { sure: { clips: 10, right: 8 } })).toBe('Dive, likely (95 %).');
  expect(saying(0.95, { sure: { clips: 9, right: 9 } })).toBe('Dive, likely (95 %).');
});

it('is never sure of a clip unlike the training clips', () => {
  expect(saying(0.95, { unlike: 1.2, sure: { clips: 50, right: 50 } })).toBe('Dive, likely (95 %).');
});
