// The house of docs/architecture.md: a folder imports only from floors below its own; `bench` and `viewer` stand on top.
const floors = [
  ['graph', 'video', 'localize', 'motion', 'metrics', 'scale'], // rooms on the ground that know nothing of each other
  ['model', 'runtime', 'dataset', 'page'],
  ['backbone'],
  ['infer'],
  ['store'],
  ['savedModel', 'web'],
  ['evaluate'],
  ['report', 'train'],
  ['audit', 'server', 'teach'],
  ['experiments'],
  ['cli'],
];
const inside = (names) => `^src/(${names.join('|')})/`;

const onlyFromBelow = floors.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    name: `${room}-imports-only-from-below`,
    severity: 'error',
    from: { path: inside([room]) },
    to: {
      path: inside(
        floors
          .slice(floor)
          .flat()
          .filter((other) => other !== room),
      ),
    },
  })),
);

const pageFree = ['graph', 'model', 'localize', 'motion', 'metrics', 'infer', 'page', 'web', 'teach'];

module.exports = {
  forbidden: [
    ...onlyFromBelow,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'foundations-import-nothing-above',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/index\\.ts$' },
      to: { path: inside(floors.flat()) },
    },
    {
      name: 'nothing-imports-a-bench-or-the-viewer',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(bench|viewer)/' },
    },
    {
      name: 'only-runtime-runs-onnx',
      severity: 'error',
      from: { path: '^(src|viewer)/', pathNot: '^src/runtime/' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'runs-in-a-page',
      comment: 'these folders are used by the viewer too and know nothing of Node',
      severity: 'error',
      from: { path: `${inside(pageFree)}|^src/server/api|^src/(epoch|truth|result)\\.|^viewer/src/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-page-imports-only-what-runs-in-a-page',
      severity: 'error',
      from: { path: '^viewer/src/' },
      to: {
        path: '^src/',
        pathNot: `${inside(pageFree)}|^src/[^/]+\\.ts$|^src/server/api|^src/runtime/(web/|program|check|protocol|plan)|^src/video/`,
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
