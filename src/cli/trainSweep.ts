// `train --sweep FILE`: many trainings with other settings, and the table of them.
import type { SweepOptions, SweepSummary } from '../experiments/sweep/run.js';
import { interrupted } from './interrupt.js';
import type { PartOptions } from './partOptions.js';
import type { QueueOptions } from './queueOption.js';
import type { Shell } from './shell.js';
import { inParts } from './trainParts.js';

/** Trains and prints; `onEnd` takes what is shown of a training away. */
export async function runSweep(
  shell: Shell,
  { part, gather, queue, ...options }: SweepOptions & PartOptions & QueueOptions & { signal: AbortSignal },
  onEnd: () => void,
): Promise<number> {
  const { gatherSweep, sweep, sweepPart } = await import('../experiments/sweep/run.js');
  const told: SweepOptions = {
    ...options,
    onTrial: ({ name, settings, index, total }) => {
      onEnd();
      shell.report(
        { kind: 'trial', name, settings, index, total },
        `${name} of ${total}: ${tellSettings(settings)}`,
      );
    },
  };
  return inParts<SweepSummary | undefined>(
    shell,
    { part, gather, queue },
    {
      ...{ out: options.out, noun: 'trial' },
      count: async () => {
        const { trialsOf } = await import('../experiments/sweep/plan.js');
        return trialsOf(options.sweep, options.recipe ?? {}).length;
      },
      whole: () => sweep(told).finally(onEnd),
      part: (own) => sweepPart(told, own).finally(onEnd),
      gather: () => gatherSweep(told),
      show: showSweep,
      signal: options.signal,
    },
  );
}

function showSweep(shell: Shell, summary: SweepSummary | undefined): number {
  if (!summary) {
    shell.say('interrupted; the same command goes on');
    return interrupted;
  }
  shell.printJson(summary);
  const { trials, ranking } = summary;
  const width = Math.max(...trials.map(({ name }) => name.length));
  const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3)).padStart(8);
  shell.print(`${'best first'.padEnd(width)} accuracy  entropy  epoch  settings`);
  for (const place of ranking) {
    const { name, accuracy, crossEntropy, epoch, settings, failure } = trials.find(
      (one) => one.name === place,
    )!;
    const said = failure === null ? '' : ` (${failure})`;
    shell.print(
      `${name.padEnd(width)} ${share(accuracy)} ${share(crossEntropy)} ${String(epoch ?? '-').padStart(6)}  ${tellSettings(settings)}${said}`,
    );
  }
  const best = trials.find(({ name }) => name === ranking[0])!;
  if (best.failure === null)
    shell.print(
      `${best.folder} is the best of ${trials.length}, chosen on ${best.validationClips} held-out clips`,
    );
  return 0;
}

function tellSettings(settings: SweepSummary['trials'][number]['settings']): string {
  return Object.entries(settings)
    .map(([path, value]) => `${path} ${Array.isArray(value) ? value.join('x') : String(value)}`)
    .join(', ');
}
