// Trainings through a queue: a job is one part of a command that can be done in as many parts as it has folds, rows, trials or
// runs. The worker runs that command as a process of its own, in the folder where its user stood; where it does not see the
// folder of the results it makes them in one of its own and sends the files back.
import { spawn } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { inputError, missingError, WhereWhenError } from '../errors.js';
import type { Handler, WorkPlace } from '../scale/index.js';
import type { ComputeOptions } from './computeOptions.js';
import { STARTED_BY_WORKER } from './interrupt.js';

/** How and where a worker works. */
export interface Working {
  compute: ComputeOptions;
  place: WorkPlace;
}

/** Settings of a queued command: its words without `--out`, the results' folder as its user wrote it, and where he stood. */
export interface QueuedCommand {
  words: string[];
  out: string;
  cwd: string;
}

/** Runs a command line, given without the words that start this program. Throws what it failed with. */
export type RunCommand = (
  args: readonly string[],
  where: { cwd: string; signal?: AbortSignal },
) => Promise<void>;

/** Commands that workers take. */
const known = ['train', 'ablate', 'reproduce'];

/** What a command's process printed last on standard error is kept up to so many characters. */
const KEPT = 4000;

/** A handler that runs the parts of a command. Throws `missing` where its folder is not on this machine. */
export async function openCommand(
  { words, out, cwd }: QueuedCommand,
  { compute, place, runCommand }: Working & { runCommand: RunCommand },
): Promise<Handler> {
  const { Delivery } = await import('../scale/index.js');
  if (!known.includes(words[0] ?? ''))
    throw inputError('queue', `a command among ${known.join(', ')}`, words[0]);
  const isHere = await stat(cwd).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isHere)
    throw missingError(cwd, 'the folder in which the command was given', 'none on the machine of a worker');
  const own = place.isShared ? out : place.folder;
  const run = (part: string, signal?: AbortSignal): Promise<void> =>
    runCommand([...words, '--out', own, '--part', part, ...computeWords(compute)], { cwd, signal });
  const sentBefore = new Map<string, string>();
  let turn: Promise<unknown> = Promise.resolve();
  const makeAndSend = async (part: string, signal?: AbortSignal): Promise<unknown> => {
    await run(part, signal);
    const files = await newIn(place.folder, sentBefore);
    await nameAs(out, { folder: place.folder, files });
    for (const name of files) sentBefore.set(name, await stampOf(join(place.folder, name)));
    return new Delivery({ part }, place.folder, files, true); // what one part has made first, the next needs too
  };
  return {
    handle: async ({ part }, signal) => {
      if (place.isShared) return run(part!, signal).then(() => ({ part }));
      const made = turn.then(() => makeAndSend(part!, signal)); // in turn: each sends whatever is new
      turn = made.catch(() => undefined);
      return made;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function computeWords({ device, threads }: ComputeOptions): string[] {
  return [
    ...(device === undefined ? [] : ['--device', device]),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
  ];
}

/** Runs commands as processes that `started` begins. Throws what they print as their error, and the signal's reason once stopped. */
export function byProcess(started: readonly string[]): RunCommand {
  return (args, where) => runProcess([...started, ...args], where);
}

async function runProcess(
  args: readonly string[],
  { cwd, signal }: Parameters<RunCommand>[1],
): Promise<void> {
  const child = spawn(process.execPath, [...args, '--json'], {
    cwd,
    env: { ...process.env, [STARTED_BY_WORKER]: '1' },
    stdio: ['pipe', 'ignore', 'pipe'], // its input ends with this process, whichever way that ends
  });
  let said = '';
  child.stderr!.on('data', (text) => (said = `${said}${String(text)}`.slice(-KEPT)));
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code === 0) return;
    signal?.throwIfAborted();
    throw errorOf(said, code);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** What a command said of its failure. */
function errorOf(said: string, code: number | null): WhereWhenError {
  const line = said
    .split('\n')
    .findLast((one) => one.startsWith('error: '))
    ?.slice('error: '.length);
  return inputError('a training', 'to end well', line ?? `the end of its process with ${code ?? 'a signal'}`);
}

/** Files that go back and are new: all but locks, features and decoded frames, which every machine has its own of. */
async function newIn(folder: string, before: ReadonlyMap<string, string>): Promise<string[]> {
  const fresh: string[] = [];
  for (const name of await madeIn(folder))
    if (before.get(name) !== (await stampOf(join(folder, name)))) fresh.push(name);
  return fresh;
}

/** Another one when a file has changed. */
async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${mtimeMs} ${size}`;
}

async function madeIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !/\.(lock|tmp)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter(
      (name) => !/^(cache|features|cut)[/\\]/.test(name) && basename(name) !== 'checkpoint.safetensors',
    );
}

/** Puts the user's folder in the place of the worker's own in what was written about it. */
async function nameAs(
  out: string,
  { folder, files }: { folder: string; files: readonly string[] },
): Promise<void> {
  const [own, shown] = [folder, out].map((one) => JSON.stringify(one).slice(1, -1)) as [string, string];
  for (const name of files.filter((one) => /\.jsonl?$/.test(one))) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8');
    if (text.includes(own)) await writeFile(path, text.replaceAll(own, shown));
  }
}
