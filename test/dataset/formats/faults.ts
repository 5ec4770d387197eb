// Files as tools wrote them, which were once read wrongly: a folder beside the project, named by WHEREWHEN_FAULTS. Tests
// over them are skipped, with a word, where it is not there; each has a case of its own making beside it.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const faults = resolve(process.env.WHEREWHEN_FAULTS ?? '../shared/faults');

/** Whether the files are there. */
export const hasFaults = existsSync(join(faults, '12-lists'));
if (!hasFaults) console.warn(`tests over files of tools are skipped: no ${faults} (set WHEREWHEN_FAULTS)`);

/** The path of a file of a fault, `02-labelstudio-rate/rate.json`. */
export function fault(name: string): string {
  return join(faults, name);
}
