// The forms of attention by name, and their settings as one checked type. A new form adds a line to each list.
import { z } from 'zod';
import type { Expr } from '../../graph/index.js';
import { actorPool, ActorPoolSettings } from './actorPool.js';
import { convLstmMean, ConvLstmSettings } from './convLstmMean.js';
import type { Attention, AttentionForm, HeadOptions } from './form.js';
import { joint, JointSettings } from './joint.js';
import type { LossSettings } from '../losses.js';
import { meanPool, MeanSettings } from './meanPool.js';
import { pooled, PooledSettings } from './pooled.js';
import { project } from './project.js';
import { AdditiveSettings, recurrent, TanhSettings } from './recurrent.js';
import type { Scope } from '../scope.js';
import { softLstm, SoftLstmSettings } from './softLstm.js';

/** Settings of any form; `form` says which. Left-out sizes are the paper's. */
export const AttentionSettings = z.discriminatedUnion('form', [
  JointSettings,
  PooledSettings,
  AdditiveSettings,
  TanhSettings,
  MeanSettings,
  ConvLstmSettings,
  SoftLstmSettings,
  ActorPoolSettings,
]);
/** Settings of any form. */
export type AttentionSettings = z.infer<typeof AttentionSettings>;
/** The name of a form, as `--attention` takes it. */
export type FormName = AttentionSettings['form'];

/** Every form by its name. */
export const attentionForms: {
  readonly [Name in FormName]: AttentionForm<Extract<AttentionSettings, { form: Name }>>;
} = {
  joint,
  pooled,
  'recurrent-additive': recurrent,
  'recurrent-tanh': recurrent,
  mean: meanPool,
  convlstm: convLstmMean,
  'soft-lstm': softLstm,
  actor: actorPool,
};

/** The names that `--attention` takes. */
export const formNames = Object.keys(attentionForms) as FormName[];

/** Applies the form that `settings` name to features `[N,n,C,h,w]`, projected to fewer channels if they say so. */
export function attend(
  scope: Scope,
  features: Expr,
  settings: AttentionSettings,
  options: HeadOptions,
): Attention {
  const form = attentionForms[settings.form] as AttentionForm<AttentionSettings>;
  const channels = 'projection' in settings ? settings.projection : undefined;
  const seen = channels ? project(scope, features, channels) : features;
  return form(scope, seen, settings, options);
}

/**
 * Where a form's loss weights differ from METHOD section 3's: contrast has no meaning for a distribution over cells, and
 * forms without attention have nothing to regularise.
 */
export const lossDefaults: { readonly [Name in FormName]?: Partial<LossSettings> } = {
  joint: { contrast: 0 },
  mean: { totalVariation: 0, contrast: 0, unimodal: 0 },
  convlstm: { totalVariation: 0, contrast: 0, unimodal: 0 },
  'soft-lstm': { totalVariation: 0, contrast: 0, unimodal: 0 },
  actor: { totalVariation: 0, contrast: 0, unimodal: 0 },
};
