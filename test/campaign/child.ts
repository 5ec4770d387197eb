// A command of the program as a process that can be killed at any moment.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { command } from '../cli/command.js';

/** How a command ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  milliseconds: number;
  /** The last of what it said on standard error. */
  said: string;
  /** What it printed. */
  printed: string;
}

/** A command under way. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** Starts a command line; `node`: options of Node in front of it. */
export function start(
  args: readonly string[],
  { node = [], ...options }: SpawnOptions & { node?: readonly string[] } = {},
): Running {
  const began = performance.now();
  const child = spawn(process.execPath, [...node, ...command, ...args], options);
  let [said, printed] = ['', ''];
  child.stderr?.on('data', (text) => (said = (said + String(text)).slice(-2000)));
  child.stdout?.on('data', (text) => (printed += String(text)));
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, signal) =>
      done({ code, signal, milliseconds: performance.now() - began, said, printed }),
    ),
  );
  return { child, ended };
}

/** What `node --import` is given to load `NAME.ts` of this folder before a command: its URL as JavaScript in `folder`. */
export function preloadOf(name: string, folder: string): string {
  const outfile = join(folder, `${name}.mjs`);
  const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
  return pathToFileURL(outfile).href;
}

/** Runs a command line to its end. Throws where it does not end with 0. */
export async function runWhole(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const ended = await start(args, options).ended;
  if (ended.code !== 0) throw new Error(`${args[0]} ended with ${ended.code ?? ended.signal}: ${ended.said}`);
  return ended;
}

/** Resolves when there is something at `path`, or the command has ended. */
export async function begun(path: string, { child }: Running): Promise<void> {
  while (!existsSync(path) && child.exitCode === null && child.signalCode === null) await sleep(10);
}

/** Starts a command line and kills it with -9 so long after it made `out`; false where it had ended by itself before. */
export async function killedAfter(
  milliseconds: number,
  args: readonly string[],
  out: string,
): Promise<boolean> {
  const running = start(args);
  await begun(out, running);
  await Promise.race([sleep(milliseconds), running.ended]);
  running.child.kill('SIGKILL');
  const { code, signal, said } = await running.ended;
  if (signal === null && code !== 0)
    throw new Error(`${args[0]} ended with ${code} before it was killed: ${said}`);
  return signal === 'SIGKILL';
}
