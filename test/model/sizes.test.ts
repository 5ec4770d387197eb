// The numbers that a model has where nobody says any: those of docs/architecture.md#model and #losses. A file that leaves one out
// means these, so a change of one changes what existing models are.
import { expect, it } from 'vitest';
import { formSizes } from '../../src/model/index.js';
import { convLstm } from '../../src/model/attention/convLstm.js';
import { LossSettings, usualSharpness } from '../../src/model/losses.js';
import { Scope } from '../../src/model/scope.js';

const masked = { maskKernel: 3, isMasked: true, isWeighted: true };
const steps = { ...masked, inverseFrames: false, detached: false };

it('sizes beside the small backbone', () => {
  const own = { maskChannels: [64, 32], hidden: 32 };
  const start = { ...steps, ...own, startChannels: 32 };
  expect(formSizes('joint')).toEqual({ form: 'joint', hidden: 64, scoreWidth: 64, contextFrames: 3 });
  expect(formSizes('pooled')).toEqual({ form: 'pooled', ...masked, ...own });
  expect(formSizes('recurrent-additive')).toEqual({ form: 'recurrent-additive', ...start });
  expect(formSizes('recurrent-tanh')).toEqual({ form: 'recurrent-tanh', ...start, scoreWidth: 64 });
  expect(formSizes('convlstm')).toEqual({ form: 'convlstm', hidden: 32 });
  expect(formSizes('soft-lstm')).toEqual({ form: 'soft-lstm', hidden: 64 });
});

it('sizes on features of a frozen backbone', () => {
  const onFeatures = { onFeatures: true };
  const own = { projection: 256, maskChannels: [128, 64], hidden: 64 };
  const start = { ...steps, ...own, startChannels: 64 };
  expect(formSizes('joint', onFeatures)).toEqual({
    form: 'joint',
    hidden: 0,
    scoreWidth: 64,
    contextFrames: 0,
  });
  expect(formSizes('pooled', onFeatures)).toEqual({ form: 'pooled', ...masked, ...own });
  expect(formSizes('recurrent-additive', onFeatures)).toEqual({ form: 'recurrent-additive', ...start });
  expect(formSizes('recurrent-tanh', onFeatures)).toEqual({
    form: 'recurrent-tanh',
    ...start,
    scoreWidth: 64,
  });
  expect(formSizes('convlstm', onFeatures)).toEqual({ form: 'convlstm', projection: 256, hidden: 64 });
  expect(formSizes('soft-lstm', onFeatures)).toEqual({ form: 'soft-lstm', hidden: 256 });
  expect(formSizes('actor', onFeatures)).toEqual({ form: 'actor', motion: 284 }); // 243 of the flow, 41 of the path
});

it('weights and forms of the losses', () => {
  expect(usualSharpness).toBe(4);
  expect(LossSettings.parse({})).toEqual({
    ...{ totalVariation: 3e-4, contrast: 1e-4, unimodal: 1, area: 0, temporalVariation: 0 },
    ...{ normPrior: 0, doublyStochastic: 0, evidence: 0, evidenceSharpness: 4 },
    ...{ unimodalForm: 'sum', unimodalHinge: true, unimodalOn: 'weights' },
    ...{ variationForm: 'l1', neighbours: 4 },
  });
});

it("a ConvLSTM starts as PyTorch's convolutions do: within 1 / sqrt(9 C) and 1 / sqrt(9 D)", () => {
  const scope = new Scope({ training: false });
  convLstm(scope, 4, 16);
  const bounds = Object.fromEntries(scope.parameters.map(({ name, initial }) => [name, initial]));
  expect(bounds['lstm.input.weight']).toEqual({ kind: 'uniform', bound: 1 / Math.sqrt(36) });
  expect(bounds['lstm.hidden.weight']).toEqual({ kind: 'uniform', bound: 1 / Math.sqrt(144) });
});
