// Starts worker threads and processes of this package. Built code runs as it is; from the sources (tests,
// benchmarks) the same file is started through tsx, so that no test ever runs a stale build.
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module at `relative` (written with `.js`, as in an import) as a worker thread.
 * `base` is the `import.meta.url` of the caller.
 */
export function startThread(relative: string, base: string, options: WorkerOptions = {}): Worker {
  const url = new URL(relative, base);
  if (!isSource(base)) return new Worker(url, options);
  const source = new URL(url.href.replace(/\.js$/, '.ts'));
  const boot = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(source.href)}, ${JSON.stringify(base)}))`;
  return new Worker(boot, { ...options, eval: true });
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
 * Starts the module at `relative` as a process of its own, with a channel for messages of plain data and typed arrays;
 * what it prints can be read from `stdout` and `stderr` unless it is ignored.
 */
export function startProcess(relative: string, base: string, options: ProcessOptions = {}): ChildProcess {
  const file = fileURLToPath(new URL(isSource(base) ? relative.replace(/\.js$/, '.ts') : relative, base));
  const loader = () => pathToFileURL(createRequire(base).resolve('tsx')).href;
  const printed = options.stdio ?? 'pipe';
  return fork(file, options.arguments ?? [], {
    env: { ...process.env, ...options.environment },
    execArgv: isSource(base) ? ['--import', loader()] : [],
    serialization: 'advanced',
    stdio: ['ignore', printed, printed, 'ipc'],
  });
}

/** A module that tsx has loaded for a thread bears a query. */
function isSource(base: string): boolean {
  return new URL(base).pathname.endsWith('.ts');
}
