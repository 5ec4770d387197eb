// A queue on a server that it starts: `cost`, the queue's own time a job; `flat`, memory of producer, worker and server over many
// jobs; `speedup`, workers that sleep for a fixed time a job, so that many of them need no machine; and the faults of
// queueFaults.ts. What comes back is always compared with what one process would have made.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { QueueLink } from '../src/scale/index.js';
import type { Benchmark } from './benchmark.js';
import { megabytesNow, peakMegabytes } from './figures.js';
import { faults } from './queueFaults.js';
import { Server, squares, Worker } from './queueParts.js';

const OPTIONS = {
  what: { type: 'string', default: 'cost' },
  jobs: { type: 'string', default: '2000' },
  workers: { type: 'string', default: '64' },
  milliseconds: { type: 'string', default: '1000' },
  kills: { type: 'string', default: '20' },
  serverKills: { type: 'string', default: '0' },
  every: { type: 'string', default: '1' },
  port: { type: 'string', default: '16379' },
  server: { type: 'string', default: 'redis-server' },
  disk: { type: 'string' },
  faketime: { type: 'string' },
} as const;

/** The figures of one of them. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-bench-queue-'));
  const jobs = Number(values.jobs);
  const fault = faults[values.what];
  const { faketime, disk } = values;
  const [clock, serverClock] = [join(folder, 'clock'), join(folder, 'server-clock')];
  if (faketime !== undefined) await writeFile(clock, '+0h\n');
  await writeFile(serverClock, '0');
  const environment = faketime === undefined ? {} : clockFrom(faketime, clock);
  const ofServer = values.what === 'serverClock' ? ownClock(folder, serverClock) : {};
  const server = new Server(values.server, Number(values.port), folder, ofServer);
  try {
    await using link = await server.link();
    if (values.what === 'cost' || values.what === 'flat') return await cost(link, server, folder, jobs);
    if (values.what === 'speedup')
      return await speedup(link, server, folder, Number(values.workers), Number(values.milliseconds));
    if (!fault) throw new Error(`--what cost, flat, speedup, ${Object.keys(faults).join(', ')}`);
    const [kills, serverKills, every] = [values.kills, values.serverKills, values.every].map(Number);
    return await fault({
      link,
      server,
      folder,
      jobs,
      kills: kills!,
      serverKills: serverKills!,
      every: every!,
      disk,
      clock,
      serverClock,
      environment,
    });
  } finally {
    server.kill();
    await sleep(200);
    await rm(folder, { recursive: true, force: true });
  }
};

/** Processes whose clock is what a file says: `faketime` is the library libfaketime. */
function clockFrom(library: string, file: string): NodeJS.ProcessEnv {
  return {
    ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' },
    ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
  };
}

/** A process whose clock is off by the seconds that a file says. */
function ownClock(folder: string, file: string): NodeJS.ProcessEnv {
  const library = join(folder, 'clock.so');
  const source = fileURLToPath(new URL('clock.c', import.meta.url));
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('--what serverClock: a C compiler, cc, is needed');
  return { LD_PRELOAD: library, CLOCK_FILE: file };
}

/** Wall and processor time of producer and worker a job that does nothing, and memory at a tenth and at the end. */
async function cost(
  link: QueueLink,
  server: Server,
  folder: string,
  jobs: number,
): Promise<Record<string, number>> {
  const worker = new Worker(server.address, { slots: 4 });
  await worker.ready;
  await squares(link, folder, 200); // everything is loaded
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const memory: Record<string, number> = {};
  const tenth = Math.ceil(jobs / 10);
  await squares(link, folder, jobs, async (done) => {
    if (done % tenth === 0) process.stderr.write(`${done} of ${jobs}\n`);
    if (done !== tenth && done !== jobs) return;
    memory[`producerAt${done}`] = megabytesNow();
    memory[`workerAt${done}`] = await worker.megabytes();
    memory[`serverAt${done}`] = await serverMegabytes(link);
  });
  const wall = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  const { peak, cpu } = await worker.end();
  return {
    jobs,
    millisecondsAJob: wall / jobs,
    producerCpuAJob: (user + system) / 1000 / jobs,
    workerCpuAJob: cpu / (jobs + 200),
    ...memory,
    workerPeak: peak,
    producerPeak: peakMegabytes(),
  };
}

async function serverMegabytes({ redis }: QueueLink): Promise<number> {
  const used = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
  return Math.round(Number(used) / 2 ** 20);
}

/** Workers that sleep: time against the same by one of them, which needs no measuring: jobs x milliseconds. */
async function speedup(
  link: QueueLink,
  server: Server,
  folder: string,
  workers: number,
  milliseconds: number,
): Promise<Record<string, number>> {
  const jobs = 20 * workers;
  const worker = new Worker(server.address, { slots: workers, milliseconds });
  await worker.ready;
  await squares(link, folder, workers);
  const startedAt = performance.now();
  await squares(link, folder, jobs);
  const wall = performance.now() - startedAt;
  await worker.end();
  const factor = (jobs * milliseconds) / wall;
  return { workers, jobs, seconds: wall / 1000, speedup: factor, ofIdeal: factor / workers };
}
