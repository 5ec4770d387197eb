// Starts a worker thread of this package. Built code runs as it is; from the sources (tests,
// benchmarks) the same file is started through tsx, so that no test ever runs a stale build.
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module at `relative` (written with `.js`, as in an import) as a worker thread.
 * `base` is the `import.meta.url` of the caller.
 */
export function startThread(relative: string, base: string, options: WorkerOptions = {}): Worker {
  const url = new URL(relative, base);
  if (!base.endsWith('.ts')) return new Worker(url, options);
  const source = new URL(url.href.replace(/\.js$/, '.ts'));
  const boot = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(source.href)}, ${JSON.stringify(base)}))`;
  return new Worker(boot, { ...options, eval: true });
}
