// Runs a benchmark by its name: `npm run bench -- train-step --attention joint --json`. A benchmark is one
// file of this folder; its figures are those of this process, which does nothing else. It starts as the command does.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Benchmark, WithRows } from './benchmark.js';
import { peakMegabytes } from './figures.js';

const benchmarks: Record<string, () => Promise<{ benchmark: Benchmark }>> = {
  batches: () => import('./batches.js'),
  cold: () => import('./cold.js'),
  detections: () => import('./detections.js'),
  extract: () => import('./extract.js'),
  faithful: () => import('./faithful.js'),
  finetune: () => import('./finetune.js'),
  'frame-transport': () => import('./frameTransport.js'),
  'open-features': () => import('./openFeatures.js'),
  learn: () => import('./learn.js'),
  'many-clips': () => import('./manyClips.js'),
  heads: () => import('./heads.js'),
  localisation: () => import('./localisation.js'),
  motion: () => import('./motion.js'),
  pauses: () => import('./pauses.js'),
  queue: () => import('./queue.js'),
  resnet: () => import('./resnet.js'),
  sampling: () => import('./sampling.js'),
  teach: () => import('./teach.js'),
  several: () => import('./severalActions.js'),
  'train-memory': () => import('./trainMemory.js'),
  'train-step': () => import('./trainStep.js'),
  unlike: () => import('./unlike.js'),
  who: () => import('./who.js'),
  viewer: () => import('./viewer.js'),
  'web-network': () => import('./webNetwork.js'),
};

startAsCommand();

/** The first line of `bin/wherewhen.js` sets a variable that is heeded at a process's start only; one that is set by hand stays. */
function startAsCommand(): void {
  const command = readFileSync(new URL('../bin/wherewhen.js', import.meta.url), 'utf8');
  const [, variable, value] = /^#!.* ([A-Z_]+)=(\d+) node\n/.exec(command)!;
  if (process.env[variable!] !== undefined) return;
  const again = [...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, [variable!]: value };
  process.exit(spawnSync(process.execPath, again, { env, stdio: 'inherit' }).status ?? 1);
}

const [name = '', ...rest] = process.argv.slice(2);
const isJson = rest.includes('--json');
const load = benchmarks[name];
if (!load) {
  console.error(`bench: name must be among ${Object.keys(benchmarks).join(', ')}, got ${name || 'nothing'}`);
  process.exit(2);
}
const { benchmark } = await load();
const found = await benchmark(rest.filter((arg) => arg !== '--json'));
const { figures: measured, rows }: Partial<WithRows> & Pick<WithRows, 'figures'> =
  'figures' in found && typeof found.figures === 'object'
    ? (found as WithRows)
    : { figures: found as Record<string, number> };
const figures = { ...measured, peakMegabytes: peakMegabytes() };
if (isJson) console.log(JSON.stringify({ ...figures, ...(rows && { rows }) }));
else for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(16)} ${value}`);
