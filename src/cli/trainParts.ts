// `train` in parts: folds and sweeps, of which each process trains some.
import { usageError } from '../errors.js';
import type { PartDone } from '../scale/index.js';
import { interrupted } from './interrupt.js';
import { partOf, requireShared, tellPart, type PartOptions } from './partOptions.js';
import type { Shell } from './shell.js';

/** What `train` may do several times. */
interface Several extends PartOptions {
  folds?: unknown;
  sweep?: unknown;
  out: string;
  overwrite?: boolean;
}

/** Throws `usage` where one training alone is to be divided. */
export function requireSeveral(options: Several): void {
  requireShared(options, options);
  const { part, gather, folds, sweep } = options;
  if ((part === undefined && !gather) || folds !== undefined || sweep !== undefined) return;
  const asked = part === undefined ? '--gather' : '--part';
  throw usageError(asked, '--folds or --sweep beside it', 'one training, which is one piece of work');
}

/** Does what the options ask for: all of it, a part (and whoever ends last joins), or the joining alone. */
export async function inParts<Summary>(
  shell: Shell,
  options: PartOptions,
  {
    whole,
    part,
    gather,
    show,
    signal,
  }: {
    whole: () => Promise<Summary>;
    part: (part: { index: number; of: number }) => Promise<PartDone>;
    gather: () => Promise<Summary>;
    show: (shell: Shell, summary: Summary) => number;
    signal: AbortSignal;
  },
): Promise<number> {
  const own = await partOf(options);
  if (!own) return show(shell, await (options.gather ? gather() : whole()));
  const done = await part(own);
  shell.printJson({ ...own, ...done });
  await tellPart(shell, own, done, 'trainings');
  if (signal.aborted) return interrupted;
  if (done.missing === 0) show(shell.isJson ? shell.quiet() : shell, await gather());
  return 0;
}
