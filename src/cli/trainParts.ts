// `train` in parts: folds and sweeps, of which each process trains some.
import { usageError } from '../errors.js';
import type { PartDone } from '../scale/index.js';
import { interrupted } from './interrupt.js';
import { partOf, requireShared, tellPart, type PartOptions } from './partOptions.js';
import { requireQueued, trainByQueue } from './queueTrainings.js';
import type { QueueOptions } from './queueOption.js';
import type { Shell } from './shell.js';

/** What `train` may do several times. */
interface Several extends PartOptions, QueueOptions {
  folds?: unknown;
  sweep?: unknown;
  out: string;
  overwrite?: boolean;
}

/** Throws `usage` where one training alone is to be divided. */
export function requireSeveral(options: Several): void {
  requireShared(options, options);
  requireQueued(options);
  const { part, gather, queue, folds, sweep } = options;
  const isDivided = part !== undefined || gather || queue !== undefined;
  if (!isDivided || folds !== undefined || sweep !== undefined) return;
  const asked = part !== undefined ? '--part' : gather ? '--gather' : '--queue';
  throw usageError(asked, '--folds or --sweep beside it', 'one training, which is one piece of work');
}

/** Does what the options ask for: all of it, a part (and whoever ends last joins), or the joining alone. */
export async function inParts<Summary>(
  shell: Shell,
  options: PartOptions & QueueOptions,
  {
    whole,
    part,
    gather,
    count,
    noun,
    out,
    show,
    signal,
  }: {
    out: string;
    noun: string;
    /** How many trainings there are. */
    count: () => Promise<number>;
    whole: () => Promise<Summary>;
    part: (part: { index: number; of: number }) => Promise<PartDone>;
    gather: () => Promise<Summary>;
    show: (shell: Shell, summary: Summary) => number;
    signal: AbortSignal;
  },
): Promise<number> {
  const { queue: address } = options;
  if (address !== undefined) {
    const queued = { address, out, noun, count: await count(), signal };
    const summary = await trainByQueue(shell, queued, gather);
    if (summary !== undefined) return show(shell, summary);
    shell.say('interrupted; the same command goes on');
    return interrupted;
  }
  const own = await partOf(options);
  if (!own) return show(shell, await (options.gather ? gather() : whole()));
  const done = await part(own);
  shell.printJson({ ...own, ...done });
  await tellPart(shell, own, done, 'trainings');
  if (signal.aborted) return interrupted;
  if (done.missing === 0) show(shell.isJson ? shell.quiet() : shell, await gather());
  return 0;
}
