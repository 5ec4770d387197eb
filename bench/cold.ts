// What a start costs: `predict` of one short clip by the built command, in processor seconds of the whole process with its
// threads, and how many modules it loads; with `--other DIR` beside another build, in turns, so that what else the machine does
// meets both. A process of Node that does nothing is measured too: no build can be under it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeVideo } from '../src/video/index.js';
import { writeTinyModel } from '../test/savedModel/tinyModel.js';
import type { Benchmark } from './benchmark.js';

/** Writes what the process used, of user and of system time, when it ends. */
const CLOCK = `import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.BENCH_FILE, String((user + system) / 1e6));
});`;

/** Writes a line for each file that the engine compiles, in the main thread and in all others. */
const COUNTER = `import { appendFileSync } from 'node:fs';
import { Session } from 'node:inspector';
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  if (url && url !== import.meta.url && !url.startsWith('node:')) appendFileSync(process.env.BENCH_FILE, url + '\\n');
});
session.post('Debugger.enable');`;

/** Medians over rounds, and of pairs: what this build needs of what the other needs. */
export const benchmark: Benchmark = async (args) => {
  const options = {
    other: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    clip: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const folder = mkdtempSync(join(tmpdir(), 'wherewhen-cold-'));
  try {
    const predict = ['predict', join(folder, 'model'), values.clip ?? (await shortClip(folder))];
    await writeTinyModel(join(folder, 'model'), ['one', 'two']);
    const commandOf = (root: string): string[] => [join(resolve(root), 'bin/wherewhen.js'), ...predict];
    const here = commandOf(fileURLToPath(new URL('..', import.meta.url)));
    const other = values.other === undefined ? undefined : commandOf(values.other);
    const seconds = { bare: [] as number[], here: [] as number[], other: [] as number[] };
    for (let round = -1; round < Number(values.rounds); round++) {
      const found = {
        here: secondsOf(folder, here),
        other: other ? secondsOf(folder, other) : NaN,
        bare: secondsOf(folder, ['-e', '0']),
      };
      if (round < 0) continue; // files come from the disk
      for (const name of ['bare', 'here', 'other'] as const) seconds[name].push(found[name]);
    }
    const shares = seconds.here.map((one, i) => one / seconds.other[i]!);
    return {
      ...{ processorSeconds: median(seconds.here), bareNodeSeconds: median(seconds.bare) },
      modules: modulesOf(folder, here),
      ...(other && {
        otherProcessorSeconds: median(seconds.other),
        otherModules: modulesOf(folder, other),
        shareOfOther: median(shares),
      }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A second of grey that moves. */
async function shortClip(folder: string): Promise<string> {
  const [width, height] = [160, 120];
  const frames = Array.from({ length: 25 }, (_, t) =>
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + t * 5) % 251),
  );
  const path = join(folder, 'clip.mp4');
  await encodeVideo(path, { width, height, frameRate: 25, frames });
  return path;
}

function secondsOf(folder: string, command: readonly string[]): number {
  return Number(run(folder, CLOCK, command));
}

function modulesOf(folder: string, command: readonly string[]): number {
  return run(folder, COUNTER, command).split('\n').length - 1;
}

/** Runs Node on `command` behind a preloaded script; what the script wrote. */
function run(folder: string, preload: string, command: readonly string[]): string {
  const [script, file] = [join(folder, 'preload.mjs'), join(folder, 'written.txt')];
  writeFileSync(script, preload);
  writeFileSync(file, '');
  const env = { ...process.env, BENCH_FILE: file };
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(script).href, ...command],
    { env },
  );
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return readFileSync(file, 'utf8');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
