// The last step of `npm run build` for code that runs in Node: what tsc wrote as one file a module becomes one file a door and
// the chunks that doors share. A command then loads a dozen files instead of hundreds, which is most of its start. Types stay
// as tsc wrote them. zod and the ONNX schema are taken in, for the same reason; dist/NOTICES.txt has their licences.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const [sources, target] = [join(root, 'src'), join(root, 'dist')];

/** Packages that become a part of the files. */
const TAKEN_IN = ['zod', 'onnx-proto'];
/** What Node's files take in beside; a page brings its own. */
const TAKEN_IN_BY_NODE = ['onnxruntime-web'];

/** What is started by its address: the command, and threads and processes. */
const STARTED = [
  'cli/main',
  'runtime/nodeWorker',
  'runtime/trial',
  'store/motion/flowThread',
  'video/videoProcess',
  'video/videoThread',
];

/** What the page's own bundles hold. */
const IN_THE_PAGE = ['@preact/signals', 'mediabunny', 'onnxruntime-web', 'preact', 'uplot'];

/** Rooms that a page imports: bundled by themselves, with nothing of Node. */
const WEB = ['web'];

const rooms = readdirSync(sources, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(sources, entry.name, 'index.ts')))
  .map(({ name }) => name);

/** Modules of ours have no effect but what they export, and addresses beside a module hold wherever its code comes to lie. */
const ours: Plugin = {
  name: 'ours',
  setup({ initialOptions, onResolve, onLoad, resolve }) {
    const takenIn = initialOptions.platform === 'node' ? [...TAKEN_IN, ...TAKEN_IN_BY_NODE] : TAKEN_IN;
    onResolve({ filter: /^\./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === ours || from.importer.includes('node_modules')) return undefined;
      const { resolveDir, importer, kind } = from;
      const found = await resolve(path, { resolveDir, importer, kind, pluginData: ours });
      return { ...found, sideEffects: /(Worker|Process|Thread)\.ts$/.test(found.path) };
    });
    // zod's messages in fifty languages, none of which is asked for
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../locales/en.js'),
      sideEffects: false,
    }));
    onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      const isTakenIn = takenIn.includes(path) || importer.includes('node_modules');
      return isTakenIn ? undefined : { path, external: true };
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: withAddress(path), loader: 'ts' }));
  },
};

/** Every bundled file lies one folder below dist, so the address of a module is its path seen from there. */
function withAddress(path: string): string {
  const written = relative(sources, path).replace(/\.ts$/, '.js').replaceAll('\\', '/');
  const address = `new URL('../${written}', import.meta.url).href`;
  const contents = readFileSync(path, 'utf8');
  return WEB.some((room) => written.startsWith(`${room}/`))
    ? contents
    : contents.replaceAll('import.meta.url', address);
}

async function bundle(names: readonly string[], platform: 'node' | 'browser'): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: names.map((name) => join(sources, `${name}.ts`)),
    ...{ outdir: target, outbase: sources, chunkNames: 'chunks/[name]-[hash]' },
    ...{ bundle: true, splitting: platform === 'node', format: 'esm', platform, target: 'es2022' },
    ...{ minifySyntax: true, metafile: true, plugins: [ours], logLevel: 'warning' },
  });
  return metafile;
}

/** Removes the modules that tsc wrote and that are in a bundle now; what the page is made of stays. */
function sweep(written: ReadonlySet<string>): void {
  const isKept = (path: string): boolean =>
    /^(page\/page\.js|viewer\/.*|viewer-file\/.*)$/.test(path) || written.has(path);
  for (const entry of readdirSync(target, { withFileTypes: true, recursive: true })) {
    const path = relative(target, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (entry.isFile() && /\.js(\.map)?$/.test(path) && !isKept(path)) rmSync(join(target, path));
  }
}

/** The licences of all that was taken in, package by package. */
function notices(inputs: readonly string[]): string {
  const inside = inputs.filter((path) => path.includes('node_modules/'));
  const folders = inside.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)![0]);
  const all = [...new Set([...folders, ...IN_THE_PAGE.map((name) => `node_modules/${name}`)])].sort();
  return all.map((folder) => noticeOf(join(root, folder))).join(`\n${'-'.repeat(80)}\n\n`);
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    [key: string]: string;
  };
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}

const node = [
  'index',
  ...rooms.filter((room) => !WEB.includes(room)).map((room) => `${room}/index`),
  ...STARTED,
];
const web = WEB.flatMap((room) => [`${room}/index`, `${room}/worker`]);
const made = [await bundle(node, 'node'), await bundle(web, 'browser')];
const outputs = made
  .flatMap((one) => Object.keys(one.outputs))
  .map((path) => relative('dist', path).replaceAll('\\', '/'));
sweep(new Set(outputs));
writeFileSync(join(target, 'NOTICES.txt'), notices(made.flatMap((one) => Object.keys(one.inputs))));
