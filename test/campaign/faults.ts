// `campaign faults`: extract, train and audit on a full disk, on a slow one, on one that lies about what it has flushed, with 64 file
// descriptors, with a heap of 512 MB and with a clock that jumps. Each ends in the bytes of an unbroken run, or says in one error
// (in a note, of lines that a log lost) what is wrong, after which it goes on to them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { command } from '../cli/command.js';
import { preloadOf, runWhole, start, type Ended } from './child.js';
import { compared, digestsOf } from './digests.js';
import { Log } from './log.js';
import { overLyingDisk } from './lyingDisk.js';
import type { CampaignOptions, Row } from './options.js';

/** A command, and the files in which two unbroken runs of it are equal. */
export interface Work {
  name: string;
  args: (out: string) => string[];
  /** Goes on where it was interrupted. */
  again: (out: string) => string[];
  /** Begins anew over what is there. */
  anew: (out: string) => string[];
  whole: Map<string, string>;
  equal: string[];
}

/** Runs a command under a fault, perhaps more than once. Throws what is a find. */
type Fault = (work: Work, out: string) => Promise<string>;

/** What is loaded before a command to break its disk or clock, as JavaScript, because threads load it too. */
let preload = '';

/** Runs under a fault that must not change the result. */
function unharmed(run: (work: Work, out: string) => Promise<Ended>): Fault {
  return async (work, out) => {
    const { code, signal, said } = await run(work, out);
    if (code !== 0) throw new Error(`${work.name} ended with ${code ?? signal}: ${said}`);
    requireEqual(work, out);
    return 'ends as if unbroken';
  };
}

function injected(fault: string): (work: Work, out: string) => Promise<Ended> {
  return (work, out) => {
    const env = { ...process.env, WHEREWHEN_FAULT: fault, WHEREWHEN_FAULT_BELOW: out };
    return start(work.args(out), { env, node: ['--import', preload] }).ended;
  };
}

/** The faults by name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  full: async (work, out) => {
    const onTmpfs = mounted(out);
    try {
      const ended = onTmpfs ? await start(work.args(out)).ended : await injected('full:3000')(work, out);
      requireNoSpace(work, ended);
      const bad = [...digestsOf(out).keys()].filter(
        (name) => name.endsWith('.tmp') || name.endsWith('.part'),
      );
      if (bad.length > 0) throw new Error(`${work.name} leaves ${bad.join(', ')}`);
      if (onTmpfs) spawnSync('mount', ['-o', 'remount,size=512m', out]);
      await runWhole(work.again(out));
      requireEqual(work, out);
      return `${onTmpfs ? 'a tmpfs of 48 kB' : 'an injected writer'}: one error that says so, goes on once there is space`;
    } finally {
      if (onTmpfs) spawnSync('umount', ['-l', out]);
    }
  },
  slow: unharmed(injected('slow:500')),
  clock: unharmed(injected('clock')),
  descriptors: async (work, out) => {
    const ended = await shell('ulimit -n 64 && exec "$@"', [
      ...[process.execPath, ...command],
      ...work.args(out),
    ]);
    if (ended.code === 1 && /error: files: expected fewer open/.test(ended.said))
      return 'one error that says which limit';
    return unharmed(() => Promise.resolve(ended))(work, out);
  },
  lying: overLyingDisk,
  heap: unharmed((work, out) => start(work.args(out), { node: ['--max-old-space-size=512'] }).ended),
};

function shell(line: string, args: readonly string[]): Promise<Ended> {
  const { status, signal, stdout, stderr } = spawnSync('sh', ['-c', line, 'sh', ...args], {
    encoding: 'utf8',
  });
  return Promise.resolve({
    code: status,
    signal,
    milliseconds: 0,
    said: stderr.slice(-2000),
    printed: stdout,
  });
}

/** Mounts a file system of 48 kB at `out` where this user may. */
function mounted(out: string): boolean {
  mkdirSync(out, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'tmpfs', out]).status === 0;
}

function requireNoSpace({ name }: Work, { code, signal, said }: Ended): void {
  if (code === 1 && /no space left/.test(said) && !/\n\s+at /.test(said)) return;
  throw new Error(`${name} on a full disk ended with ${code ?? signal}: ${said}`);
}

function requireEqual({ name, whole, equal }: Work, out: string): void {
  const left = digestsOf(out);
  const different = equal.filter((file) => left.get(file) !== whole.get(file));
  if (different.length > 0) throw new Error(`${name}: these differ: ${different.join(', ')}`);
}

const WORKS: Record<string, (base: string) => Promise<Pick<Work, 'args'> & Partial<Work>>> = {
  extract: async (base) => {
    const size = { width: 64, height: 64 };
    await writeFile(join(base, 'net.onnx'), tinyOnnx(size));
    await writeFile(
      join(base, 'net.json'),
      JSON.stringify({ channels: 'RGB', scale: 1, mean: [0, 0, 0], size }),
    );
    const line = ['extract', join(base, 'data'), '--backbone', `onnx:${join(base, 'net.onnx')}`];
    return { args: (out) => [...line, '--frames', '4', '--threads', '1', '--out', out] };
  },
  train: async (base) => {
    const more = ['--size', '32x24', '--epochs', '3', '--patience', '0', '--frames', '4', '--threads', '1'];
    const args = (out: string): string[] => ['train', join(base, 'data'), '--out', out, ...more];
    const and = (option: string) => (out: string) => [...args(out), option];
    return { args, again: and('--resume'), anew: and('--overwrite') };
  },
  audit: async (base) => {
    await writeTinyModel(join(base, 'model'), ['left', 'right']);
    const line = ['audit', join(base, 'model'), join(base, 'data'), '--threads', '1', '--report'];
    return { args: (out) => [...line, join(out, 'page.html'), '--out', join(out, 'audit.json')] };
  },
};

async function workOf(name: string, base: string): Promise<Work> {
  const { args, again = args, anew = args } = await WORKS[name]!(base);
  const outs = [join(base, `${name} whole`), join(base, `${name} again`)];
  for (const out of outs) await runWhole(args(out));
  const whole = digestsOf(outs[0]!);
  const { equal } = compared(whole, digestsOf(outs[1]!));
  return { name, args, again, anew, whole, equal };
}

/** One fault on one command. */
interface Tried {
  fault: string;
  work: string;
  result: string;
  found?: string;
}

/** Every fault on every command once; a row a fault. */
export async function faults({ doors, minutes, log }: CampaignOptions): Promise<Row[]> {
  const diary = new Log<Tried>(log);
  const names = doors.length > 0 ? doors : Object.keys(FAULTS);
  const until = Date.now() + minutes * 60_000;
  const isKnown = (fault: string, work: string): boolean =>
    diary.entries.some((one) => one.fault === fault && one.work === work);
  const base = mkdtempSync(join(tmpdir(), 'wherewhen-faults-'));
  try {
    preload = preloadOf('faultyDisk', base);
    await writeTinyWorld(join(base, 'data'), 4);
    for (const name of Object.keys(WORKS)) {
      const wanted = names.filter((fault) => !isKnown(fault, name));
      if (wanted.length === 0 || Date.now() >= until) continue;
      const work = await workOf(name, base);
      for (const fault of wanted) {
        if (Date.now() >= until) break;
        diary.add({
          fault,
          work: name,
          ...(await tried(FAULTS[fault]!, work, join(base, `${name} ${fault}`))),
        });
      }
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  return names.map((name) => {
    const own = diary.entries.filter(({ fault }) => fault === name);
    const finds = own.flatMap(({ work, found }) => (found === undefined ? [] : [`${work}: ${found}`]));
    return {
      name,
      runs: own.length,
      result: own.map(({ work, result }) => `${work} ${result}`).join('; '),
      finds,
    };
  });
}

async function tried(fault: Fault, work: Work, out: string): Promise<Pick<Tried, 'result' | 'found'>> {
  try {
    return { result: await fault(work, out) };
  } catch (error) {
    return { result: 'not as it should', found: (error as Error).message };
  }
}
