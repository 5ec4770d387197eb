// Builds the page as one script and one style sheet to dist/viewer-file, from which `serve --static NAME.html` makes one
// file. ONNX Runtime becomes a compressed part of that file.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** A worker cannot come from an address where there is no server: its script goes into the page's. */
const workerInside: Plugin = {
  name: 'worker-inside',
  enforce: 'pre',
  transform: (code, id) =>
    /\/(pageModel|openLearner)\.ts$/.test(id) ? code.replaceAll("?worker'", "?worker&inline'") : undefined,
};

/** ONNX Runtime lies in dist/viewer already. */
const runtimeElsewhere: Plugin = {
  name: 'runtime-elsewhere',
  generateBundle: (_, bundle) => {
    for (const name of Object.keys(bundle))
      if (/ort-.*\.(wasm|mjs)$/.test(name)) Reflect.deleteProperty(bundle, name);
  },
};

/** The folder of the package that parses files. */
const mediabunny = new URL('../node_modules/mediabunny/dist/', import.meta.url);

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  publicDir: false, // the sample lies in dist/viewer already, and becomes parts of the file
  plugins: [workerInside, runtimeElsewhere],
  // In one script its modules, which import each other in circles, are begun in an order that its WebM writer does not survive.
  resolve: { alias: { mediabunny: fileURLToPath(new URL('bundles/mediabunny.mjs', mediabunny)) } },
  build: {
    outDir: fileURLToPath(new URL('../dist/viewer-file', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      output: {
        codeSplitting: false,
        entryFileNames: 'page.js',
        assetFileNames: '[name][extname]',
      },
    },
  },
});
