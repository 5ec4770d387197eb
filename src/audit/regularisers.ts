// Loss terms that do nothing: switched off although the form's method has them, or zero on every clip, or without any
// way to the weights that they should move.
import { gradients, input, zeros } from '../graph/index.js';
import { losses, type Regulariser, regularisers, type Losses } from '../model/losses.js';
import { network } from '../model/network.js';
import { Scope, type LossSettings, type ModelConfig } from '../model/index.js';
import type { AuditFinding } from './finding.js';
import type { ClipMeasures } from './measureClip.js';

/** The finding on all terms. `asked` are the loss weights that the run was asked for by hand. */
export function regulariserFinding(
  clips: readonly ClipMeasures[],
  { config, settings, asked }: { config: ModelConfig; settings: LossSettings; asked: Partial<LossSettings> },
): AuditFinding {
  const reached = termsWithGradient(config, settings);
  const faults: string[] = [];
  const figures: AuditFinding['figures'] = [];
  const active: string[] = [];
  for (const term of regularisers) {
    const weight = settings[term];
    const values = clips.map(({ losses: own }) => own[term] ?? 0);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (weight === 0) {
      if (asked[term] === 0) faults.push(`${term} has weight 0, which the run was asked for`);
      continue;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    figures.push({ name: `${term}, weighted`, value: weight * mean });
    if (largest === 0) faults.push(`${term} (weight ${weight}) is zero on every clip`);
    else if (!reached.has(term))
      faults.push(`${term} (weight ${weight}) has no gradient: nothing that is trained can change it`);
    else active.push(`${term} ${(weight * mean).toPrecision(2)}`);
  }
  const entropy = clips.reduce((sum, { losses: own }) => sum + own['crossEntropy']!, 0) / clips.length;
  figures.unshift({ name: 'cross-entropy', value: entropy });
  const rest =
    active.length > 0
      ? ` At work, as weighted means beside a cross-entropy of ${entropy.toPrecision(2)}: ${active.join(', ')}.`
      : ' No term but the cross-entropy is at work.';
  return {
    check: 'dead-regulariser',
    level: faults.length > 0 ? 'warning' : 'pass',
    words: faults.length > 0 ? `Dead: ${faults.join('; ')}.${rest}` : `No regulariser is dead.${rest}`,
    figures,
  };
}

/** The terms whose derivative by some trained parameter is not zero whatever the numbers are. */
function termsWithGradient(config: ModelConfig, settings: LossSettings): Set<Regulariser> {
  const scope = new Scope({ training: false });
  const { features, attention } = network(scope, { config, clips: 1 });
  const terms: Losses = losses(attention, input('labels', [1], 'int64'), { ...settings, features });
  const parameters = scope.parameters.filter(({ isTrainable }) => isTrainable).map(({ expr }) => expr);
  return new Set(
    regularisers.filter((term) => {
      const value = terms[term];
      return value && gradients(value, parameters).some((slope, i) => slope !== zeros(parameters[i]!.shape));
    }),
  );
}
