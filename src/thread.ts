// Starts worker threads and processes of this package. Built code runs as it is; from the sources (tests,
// benchmarks) the same file is started through tsx, or as the tests' set-up bundled it at the start of the run, so that no
// test ever runs a stale build.
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Names the folder in which modules of the sources lie bundled, each at its path below `src`. */
export const readyVariable = 'WHEREWHEN_STARTED_MODULES';

/**
 * Starts the module at `address` (written with `.js`, as in an import) as a worker thread.
 * `base` is the `import.meta.url` of the caller.
 */
export function startThread(address: string, base: string, options: WorkerOptions = {}): Worker {
  const url = new URL(address, base);
  const made = isSource(base) ? readyFile(url) : url;
  if (made) return new Worker(made, { execArgv: optionsOfFiles(process.execArgv), ...options });
  const source = new URL(url.href.replace(/\.js$/, '.ts'));
  const boot = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(source.href)}, ${JSON.stringify(base)}))`;
  return new Worker(boot, { ...options, eval: true });
}

/** Node's options without that of a program which was given as text (`--eval`): a thread from a file refuses it. */
function optionsOfFiles(all: readonly string[]): string[] {
  return all.filter((one, i) => !one.startsWith('--input-type') && all[i - 1] !== '--input-type');
}

/** How {@link startProcess} starts. */
export interface ProcessOptions {
  arguments?: readonly string[];
  /** Beside the variables of this process. */
  environment?: Record<string, string>;
  /** `ignore`: what it prints goes nowhere. Default `pipe`. */
  stdio?: 'pipe' | 'ignore';
}

/**
 * Starts the module at `address` as a process of its own, with a channel for messages of plain data and typed arrays;
 * what it prints can be read from `stdout` and `stderr` unless it is ignored.
 */
export function startProcess(address: string, base: string, options: ProcessOptions = {}): ChildProcess {
  const url = new URL(address, base);
  const ready = isSource(base) ? readyFile(url) : fileURLToPath(url);
  const loader = () => pathToFileURL(createRequire(base).resolve('tsx')).href;
  const printed = options.stdio ?? 'pipe';
  return fork(ready ?? fileURLToPath(url).replace(/\.js$/, '.ts'), options.arguments ?? [], {
    env: { ...process.env, ...options.environment },
    execArgv: ready ? [] : ['--import', loader()],
    serialization: 'advanced',
    stdio: ['ignore', printed, printed, 'ipc'],
  });
}

/** The bundle of a module of the sources, where there is one. */
function readyFile(url: URL): string | undefined {
  const folder = process.env[readyVariable];
  if (folder === undefined) return undefined;
  const sources = fileURLToPath(new URL('.', import.meta.url));
  const file = join(folder, relative(sources, fileURLToPath(url)));
  return existsSync(file) ? file : undefined;
}

/** A module that tsx has loaded for a thread bears a query. */
function isSource(base: string): boolean {
  return new URL(base).pathname.endsWith('.ts');
}
