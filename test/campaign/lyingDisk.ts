// A disk that says that it has flushed and has not: after the power went, a file that was renamed into its place is there, and holds
// nothing, zeros, or its beginning. What was written before a kill is damaged so, a file at a time, and the command goes on.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runWhole, start } from './child.js';
import { compared, digestsOf } from './digests.js';
import type { Work } from './faults.js';

/** What such a disk leaves of a file. */
const LEFT: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  zeros: (whole) => Buffer.alloc(whole.length),
  half: (whole) => whole.subarray(0, whole.length >> 1),
};

/** Shares of its files that a run has made when the power goes; the last is a run that had ended. */
const MOMENTS = [0.7, 0.85, 1] as const;

/**
 * Goes on over each damaged file: to the bytes of an unbroken run, or with an error or a note that names the file, after which the
 * command begun anew gives them. Throws what is a find.
 */
export async function overLyingDisk(work: Work, out: string): Promise<string> {
  const finds: string[] = [];
  let [tries, told] = [0, 0];
  for (const moment of MOMENTS) {
    const broken = `${out} broken`;
    await killedAt(moment, work, broken);
    const files = [...digestsOf(broken).keys()].filter((name) => !/\.(tmp|part|lock)$/.test(name));
    for (const [file, kind] of files.flatMap((name) =>
      Object.keys(LEFT).map((kind) => [name, kind] as const),
    )) {
      cpSync(broken, out, { recursive: true });
      writeFileSync(join(out, file), LEFT[kind]!(readFileSync(join(out, file))));
      tries++;
      try {
        told += Number(await goesOn(work, out, file));
      } catch (error) {
        finds.push(`${file}, ${kind}, at ${moment}: ${(error as Error).message}`);
      }
      rmSync(out, { recursive: true });
    }
    rmSync(broken, { recursive: true });
  }
  if (finds.length > 0) throw new Error(finds.join('; '));
  return `${tries} damaged files: ${tries - told} made anew, ${told} told by name`;
}

/** Kills a run when it has made such a share of its files. */
async function killedAt(share: number, { args, whole }: Work, out: string): Promise<void> {
  const running = start(args(out));
  const isOver = (): boolean => running.child.exitCode !== null || running.child.signalCode !== null;
  const made = (): number => [...digestsOf(out).keys()].filter((name) => whole.has(name)).length;
  while (!isOver() && (share === 1 || made() < share * whole.size)) await sleep(5);
  running.child.kill('SIGKILL');
  const { code, said } = await running.ended;
  if (code !== null && code !== 0) throw new Error(`ended with ${code} before it was killed: ${said}`);
}

/** Whether the damage was told. */
async function goesOn(work: Work, out: string, file: string): Promise<boolean> {
  const { code, signal, said } = await start(work.again(out)).ended;
  const isTold = said.includes(basename(file)) && !/\n\s+at /.test(said);
  if (code !== 0 && !(code !== null && isTold))
    throw new Error(`ended with ${code ?? signal}: ${said.slice(-300)}`);
  if (isTold) await runWhole(work.anew(out));
  const left = digestsOf(out);
  const { unequal } = compared(left, work.whole);
  const different = unequal.filter((name) => work.equal.includes(name));
  if (different.length > 0) throw new Error(`these differ and nothing was said: ${different.join(', ')}`);
  return isTold;
}
