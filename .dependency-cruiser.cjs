// The house of docs/architecture.md: a folder imports only from floors below its own.
const floors = [
  ['graph', 'video', 'localize', 'motion', 'evaluate'], // rooms on the ground that know nothing of each other
  ['model', 'runtime'],
  ['backbone', 'infer'],
  ['data', 'report', 'server'],
  ['train'],
  ['audit', 'reproduce'],
  ['cli'],
];
const inside = (names) => `^src/(${names.join('|')})/`;

const upwards = floors.flatMap((rooms, floor) =>
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

/** `data` holds what `report` and `server` show; `infer` runs what `backbone` makes: the one step allowed within a floor. */
const allowedWithinFloor = { report: ['data'], server: ['data', 'report'], infer: ['backbone'] };
for (const rule of upwards) {
  const room = rule.name.split('-')[0];
  const own = floors.findIndex((rooms) => rooms.includes(room));
  const sameFloor = floors[own].filter(
    (other) => other !== room && !(allowedWithinFloor[room] ?? []).includes(other),
  );
  const above = floors.slice(own + 1).flat();
  rule.to.path = inside([...sameFloor, ...above]);
}

const pageFree = ['graph', 'model', 'localize', 'motion', 'evaluate', 'infer'];

module.exports = {
  forbidden: [
    ...upwards,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'foundations-import-nothing-above',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/index\\.ts$' },
      to: { path: inside(floors.flat()) },
    },
    {
      name: 'only-runtime-runs-onnx',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/runtime/' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'runs-in-a-page',
      comment: 'these folders are used by the viewer too and know nothing of Node',
      severity: 'error',
      from: {
        path: `${inside(pageFree)}|^src/report/page/|^src/report/sentences|^src/server/api|^src/epoch`,
      },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
