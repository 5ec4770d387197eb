// A queue on a server that it starts: `cost`, the queue's own time a job; `speedup`, workers that sleep for a fixed time a job, so
// that many of them need no machine; `flat`, memory of producer and worker over many jobs; `kills`, workers that are killed with
// -9 at random moments, and `serverKills`. What comes back is always compared with what one process would have made.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../src/random.js';
import {
  makePart,
  openQueue,
  Pieces,
  queueAddress,
  throughQueue,
  wholePart,
  type QueueLink,
} from '../src/scale/index.js';
import type { Benchmark } from './benchmark.js';
import { peakMegabytes } from './figures.js';

const OPTIONS = {
  what: { type: 'string', default: 'cost' },
  jobs: { type: 'string', default: '2000' },
  workers: { type: 'string', default: '64' },
  milliseconds: { type: 'string', default: '1000' },
  kills: { type: 'string', default: '20' },
  serverKills: { type: 'string', default: '0' },
  port: { type: 'string', default: '16379' },
  server: { type: 'string', default: 'redis-server' },
} as const;

/** The figures of one of them. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-bench-queue-'));
  const server = new Server(values.server, Number(values.port), folder);
  try {
    await using link = await server.link();
    const jobs = Number(values.jobs);
    if (values.what === 'cost' || values.what === 'flat') return await cost(link, server, folder, jobs);
    if (values.what === 'speedup')
      return await speedup(link, server, folder, Number(values.workers), Number(values.milliseconds));
    if (values.what === 'kills')
      return await kills(link, server, folder, {
        jobs,
        kills: Number(values.kills),
        serverKills: Number(values.serverKills),
      });
    throw new Error('--what cost, flat, speedup or kills');
  } finally {
    server.kill();
    await sleep(200);
    await rm(folder, { recursive: true, force: true });
  }
};

class Server {
  readonly address: string;
  readonly #command: string[];
  #process: ChildProcess;

  constructor(command: string, port: number, folder: string) {
    this.address = `redis://127.0.0.1:${port}`;
    const kept = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--dir', folder];
    this.#command = [command, '--port', String(port), '--bind', '127.0.0.1', ...kept];
    this.#process = this.start();
  }

  start(): ChildProcess {
    const [command, ...rest] = this.#command;
    return (this.#process = spawn(command!, rest, { stdio: 'ignore' }));
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async link(): Promise<QueueLink> {
    for (let tries = 0; ; tries++) {
      try {
        return await openQueue(queueAddress(this.address));
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(100);
      }
    }
  }
}

/** A worker process, ready. */
class Worker {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly #said: Promise<{ peak: number; cpu: number }>;

  constructor(address: string, { slots = 1, milliseconds = 0, stalled = 30 } = {}) {
    const path = new URL('./queueWorker.ts', import.meta.url).pathname;
    const args = [address, slots, milliseconds, stalled].map(String);
    this.process = fork(path, args, { execArgv: ['--import', 'tsx'] });
    const next = (isIt: (said: unknown) => boolean): Promise<unknown> =>
      new Promise((resolve) => {
        this.process.on('message', (said) => isIt(said) && resolve(said));
        this.process.on('exit', () => resolve(undefined));
      });
    this.ready = next((said) => said === 'ready').then(() => undefined);
    this.#said = next((said) => typeof said === 'object') as Promise<{ peak: number; cpu: number }>;
  }

  end(): Promise<{ peak: number; cpu: number }> {
    this.process.kill('SIGTERM');
    return this.#said;
  }
}

/** Squares of so many numbers by the queue, kept as pieces; throws unless each is there once and right. */
async function squares(
  link: QueueLink,
  folder: string,
  jobs: number,
  onPiece: (done: number) => void = () => {},
): Promise<void> {
  const divided = {
    folder: join(folder, `pieces-${jobs}-${Date.now()}`),
    keys: Array.from({ length: jobs }, (_, i) => `k${i}`),
  };
  const work = { id: `bench${Date.now()}`, kind: 'square', settings: null };
  const clips = divided.keys.map((key, i) => ({ key, path: `/${i}`, name: String(i) }));
  let done = 0;
  await makePart(divided, wholePart, async function* () {
    for await (const { key, piece } of throughQueue(link, work, clips)) {
      yield { place: Number(key.slice(1)), piece };
      onPiece(++done);
    }
  });
  if (done !== jobs) throw new Error(`${done} pieces of ${jobs}`);
  await using pieces = await Pieces.open<number>(divided.folder);
  for (let i = 0; i < jobs; i++) {
    const piece = await pieces.get(`k${i}`);
    if (!('value' in piece) || piece.value !== i * i)
      throw new Error(`another piece of ${i}: ${JSON.stringify(piece)}`);
  }
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
  let early = 0;
  await squares(link, folder, jobs, (done) => {
    if (done === Math.ceil(jobs / 10)) early = process.memoryUsage().rss / 2 ** 20;
  });
  const wall = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  const { peak, cpu } = await worker.end();
  return {
    jobs,
    millisecondsAJob: wall / jobs,
    producerCpuAJob: (user + system) / 1000 / jobs,
    workerCpuAJob: cpu / (jobs + 200),
    producerAtATenth: Math.round(early),
    producerAtTheEnd: Math.round(process.memoryUsage().rss / 2 ** 20),
    workerPeak: peak,
    producerPeak: peakMegabytes(),
  };
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

/** Three workers, one of which is killed every now and then and replaced. */
async function kills(
  link: QueueLink,
  server: Server,
  folder: string,
  { jobs, kills: asked, serverKills }: { jobs: number; kills: number; serverKills: number },
): Promise<Record<string, number>> {
  const random = Random.from(0, 'kills');
  const start = (): Worker => new Worker(server.address, { slots: 2, milliseconds: 50, stalled: 2 });
  const workers = [start(), start(), start()];
  await Promise.all(workers.map(({ ready }) => ready));
  let [killed, servers, isDone] = [0, 0, false];
  const killing = (async () => {
    while (!isDone && (killed < asked || servers < serverKills)) {
      await sleep(random.uniform(200, 1500));
      if (isDone) return;
      if (servers < serverKills && random.uniform() < serverKills / (asked + serverKills)) {
        server.kill();
        await sleep(random.uniform(50, 500));
        server.start();
        servers++;
      } else if (killed < asked) {
        const place = random.integer(0, workers.length);
        workers[place]!.process.kill('SIGKILL');
        workers[place] = start();
        killed++;
      }
    }
  })();
  const startedAt = performance.now();
  await squares(link, folder, jobs);
  isDone = true;
  await killing;
  for (const worker of workers) worker.process.kill('SIGKILL');
  return { jobs, killed, serversKilled: servers, seconds: (performance.now() - startedAt) / 1000, wrong: 0 };
}
