// A command of the program as a process that can be killed at any moment.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Runs a command line to its end. Throws where it does not end with 0. */
export async function runWhole(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const ended = await start(args, options).ended;
  if (ended.code !== 0) throw new Error(`${args[0]} ended with ${ended.code ?? ended.signal}: ${ended.said}`);
  return ended;
}

/** Starts a command line and kills it with -9 after so long; false where it had ended by itself before. */
export async function killedAfter(
  milliseconds: number,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<boolean> {
  const { child, ended } = start(args, options);
  await Promise.race([sleep(milliseconds), ended]);
  child.kill('SIGKILL');
  const { code, signal, said } = await ended;
  if (signal === null && code !== 0)
    throw new Error(`${args[0]} ended with ${code} before it was killed: ${said}`);
  return signal === 'SIGKILL';
}
