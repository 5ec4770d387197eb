// One command in many processes: `--part` and `--gather`, the same for every command that divides its work.
import { Option } from 'commander';
import { usageError } from '../errors.js';
import type { Part, PartDone } from '../scale/index.js';
import type { Shell } from './shell.js';

/** What commander makes of the options. */
export interface PartOptions {
  part?: string;
  gather?: boolean;
}

/** `--part` and `--gather`; `results` is what is joined. */
export function partOptions(results: string): Option[] {
  return [
    new Option(
      '--part <i/N>',
      'do part i of N of the work, beside other processes that share the folders; auto: by the Slurm array; auto/N: by an index from 0 (docs/scale.md)',
    ).conflicts('gather'),
    new Option('--gather', `compute nothing: join what all parts made to ${results}`),
  ];
}

/** The part that was asked for; undefined without `--part`. Throws `usage`. */
export async function partOf({ part }: PartOptions): Promise<Part | undefined> {
  if (part === undefined) return undefined;
  const { parsePart } = await import('../scale/index.js');
  return parsePart(part);
}

/** Throws `usage` where work is to be divided and nothing says where its pieces go, or all was to begin anew. */
export function requireShared(
  { part, gather }: PartOptions,
  { out, overwrite }: { out?: string; overwrite?: boolean },
): void {
  if (part === undefined && !gather) return;
  const asked = part === undefined ? '--gather' : '--part';
  if (out === undefined)
    throw usageError(
      asked,
      'a place for the joined results: --out FILE',
      'none',
      'all parts name the same one',
    );
  if (overwrite)
    throw usageError(
      asked,
      'to stand without --overwrite',
      'both',
      'it would take away what the other parts have made: remove the folder before the first of them starts',
    );
}

/** Says what became of a part. */
export async function tellPart(shell: Shell, part: Part, done: PartDone, unit: string): Promise<void> {
  const { tellPart: name } = await import('../scale/index.js');
  const { pieces, made, before, failed, missing } = done;
  const failures = failed > 0 ? `, ${failed} failed (named above)` : '';
  const rest = missing > 0 ? `other parts have ${missing} to do` : 'all parts are done';
  shell.report(
    { kind: 'part', ...part, ...done },
    `${name(part)}: ${pieces} ${unit}, ${made} made, ${before} from before${failures}; ${rest}`,
  );
}
