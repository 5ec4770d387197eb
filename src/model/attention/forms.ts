// The forms of attention: one list, from which settings, names, recipes and the command line are derived.
import { z } from 'zod';
import type { Expr } from '../../graph/index.js';
import type { Scope } from '../scope.js';
import { actorPool } from './actorPool.js';
import type { Attention, HeadOptions } from './attention.js';
import { convLstmMean } from './convLstmMean.js';
import type { AttentionForm } from './form.js';
import { joint } from './joint.js';
import { meanPool } from './meanPool.js';
import { isOnActor, onActor } from './onActor.js';
import { pooled } from './pooled.js';
import { project } from './project.js';
import { recurrentAdditive, recurrentTanh } from './recurrent.js';
import { softLstm } from './softLstm.js';

const forms = [
  joint,
  pooled,
  recurrentAdditive,
  recurrentTanh,
  meanPool,
  convLstmMean,
  softLstm,
  actorPool,
] as const;

type Forms = typeof forms;
type SettingsOf<List extends readonly { settings: z.ZodType }[]> = {
  [Place in keyof List]: List[Place]['settings'];
};

/** Settings of any form; `form` says which. Left-out sizes are the paper's. */
export const AttentionSettings = z.discriminatedUnion(
  'form',
  forms.map(({ settings }) => settings) as unknown as SettingsOf<Forms>,
);
/** Settings of any form. */
export type AttentionSettings = z.infer<typeof AttentionSettings>;
/** The name of a form, as `--attention` takes it. */
export type FormName = AttentionSettings['form'];

/** The names that `--attention` takes. */
export const formNames: readonly FormName[] = forms.map(({ settings }) => settings.shape.form.value);

type AnyForm = AttentionForm<z.ZodType<AttentionSettings, z.input<typeof AttentionSettings>>>;
const byName = new Map(forms.map((form) => [form.settings.shape.form.value, form as unknown as AnyForm]));

/** The form called `name`. */
export function formOf(name: FormName): AnyForm {
  return byName.get(name)!;
}

/** The sizes of a form that go with the small backbone, or with features of a frozen one. */
export function formSizes(name: FormName, { onFeatures = false } = {}): AttentionSettings {
  const { small, features } = formOf(name);
  return AttentionSettings.parse((onFeatures ? features : small).sizes);
}

/**
 * Applies the form that `settings` name to features `[N,n,C,h,w]`, of the actor alone and projected to fewer channels if they
 * say so.
 */
export function attend(
  scope: Scope,
  features: Expr,
  settings: AttentionSettings,
  options: HeadOptions,
): Attention {
  const own = isOnActor(settings) ? onActor(scope, features) : features;
  const channels = 'projection' in settings ? settings.projection : undefined;
  const seen = channels ? project(scope, own, channels) : own;
  return formOf(settings.form).head(scope, seen, settings, options);
}
