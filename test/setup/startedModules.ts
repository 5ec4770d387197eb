// What tests start as threads and processes of their own (ONNX Runtime, decoders, encoders, optical flow), made ready once a
// run: each such module of src, with all that it imports, in one file. tsx would compile the same some hundred times.
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { readyVariable } from '../../src/thread.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'src');
/** Packages with files of their own beside their code. */
const native = ['node-av', '@napi-rs/canvas', 'onnxruntime-node', 'onnxruntime-web'];
let isReady = false;

/**
 * Called by vitest before any test, once for each project; gives what is called after the last one. Where vitest watches the
 * sources nothing is made ready, because it would soon be stale.
 */
export async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (isReady || vitest.config.watch) return undefined;
  isReady = true;
  await mkdir(join(root, 'out'), { recursive: true }); // within the repository: packages are found from there
  const folder = await mkdtemp(join(root, 'out/started-'));
  await build({
    ...{ entryPoints: await startedModules(), outdir: folder, outbase: sources },
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', external: native },
    ...{ plugins: [addresses], logLevel: 'warning' },
  });
  process.env[readyVariable] = folder; // inherited by all that run tests, and by commands that those start
  return () => rm(folder, { recursive: true, force: true });
}

/** Every module that src starts by its address. */
async function startedModules(): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(sources, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.ts')) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    const started = text.matchAll(/\bstart(?:Thread|Process)\('(\.[^']+)\.js', import\.meta\.url/g);
    for (const [, relative] of started) found.add(resolve(entry.parentPath, `${relative}.ts`));
  }
  return [...found];
}

/** Modules keep the address that they have among the sources. */
const addresses: Plugin = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const address = JSON.stringify(pathToFileURL(path).href);
      return {
        contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', address),
        loader: 'ts',
      };
    });
  },
};
