// What may go wrong with a queue, at random moments by a seed: processes killed with -9, a server or a worker that neither answers
// nor ends, a full disk at one worker, clocks that jump. Each ends with the very pieces of an unbroken run, or throws.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../src/random.js';
import type { QueueLink } from '../src/scale/index.js';
import { squares, Worker, type Server, type WorkerFacts } from './queueParts.js';

/** What a fault is made of. */
interface Faulty {
  link: QueueLink;
  server: Server;
  folder: string;
  jobs: number;
  kills: number;
  serverKills: number;
  /** Seconds from one kill to the next, more or less. */
  every: number;
  /** A folder on a disk of few bytes. */
  disk?: string;
  /** The file that tells workers the time, where they read it. */
  clock: string;
  /** The same for the server. */
  serverClock: string;
  environment: NodeJS.ProcessEnv;
}

/** Each by its name; resolves with its figures. */
export const faults: Record<string, (faulty: Faulty) => Promise<Record<string, number>>> = {
  kills,
  partition,
  disk,
  clock,
  serverClock,
};

/** Does the work while `harm` does what it does, until either is at its end; `workers` are what harm leaves of them. */
async function through(
  { link, folder, jobs }: Faulty,
  workers: Worker[],
  harm: (isOver: () => boolean) => Promise<void>,
): Promise<number> {
  await Promise.all(workers.map(({ ready }) => ready));
  let isOver = false;
  const harming = harm(() => isOver);
  const startedAt = performance.now();
  await squares(link, folder, jobs, (done) => {
    if (done % 100 === 0) process.stderr.write(`${done} of ${jobs}\n`);
  });
  isOver = true;
  await harming;
  return (performance.now() - startedAt) / 1000;
}

function workersOf({ server }: Faulty, count: number, facts: WorkerFacts = {}): Worker[] {
  const start = (): Worker =>
    new Worker(server.address, { slots: 2, milliseconds: 50, stalled: 2, ...facts });
  return Array.from({ length: count }, start);
}

/** Three workers, one of which is killed every now and then and replaced; and the server, which comes back. */
async function kills(faulty: Faulty): Promise<Record<string, number>> {
  const { server, jobs, kills: asked, serverKills, every } = faulty;
  const random = Random.from(0, 'kills');
  const workers = workersOf(faulty, 3);
  let [killed, servers] = [0, 0];
  const seconds = await through(faulty, workers, async (isOver) => {
    while (!isOver() && (killed < asked || servers < serverKills)) {
      await sleep(every * random.uniform(200, 1800));
      if (isOver()) return;
      if (servers < serverKills && random.uniform() < serverKills / (asked + serverKills)) {
        server.kill();
        await sleep(random.uniform(50, 500));
        server.start();
        servers++;
      } else if (killed < asked) {
        const place = random.integer(0, workers.length);
        workers[place]!.process.kill('SIGKILL');
        workers[place] = workersOf(faulty, 1)[0]!;
        killed++;
      }
    }
  });
  for (const worker of workers) worker.process.kill('SIGKILL');
  return { jobs, killed, serversKilled: servers, seconds, wrong: 0 };
}

/** The server, and one worker, stand still for longer than a worker's hold on its clip lasts, and go on. */
async function partition(faulty: Faulty): Promise<Record<string, number>> {
  const { server, jobs } = faulty;
  const workers = workersOf(faulty, 3);
  let [servers, held] = [0, 0];
  const seconds = await through(faulty, workers, async (isOver) => {
    for (let round = 0; round < 3 && !isOver(); round++) {
      await sleep(1500);
      await server.pause(5000);
      servers++;
      await sleep(1500);
      const { process: worker } = workers[round]!;
      worker.kill('SIGSTOP');
      await sleep(6000);
      worker.kill('SIGCONT');
      held++;
    }
  });
  await Promise.all(workers.map((worker) => worker.end()));
  return { jobs, serverPauses: servers, workerPauses: held, seconds, wrong: 0 };
}

/** One of three workers has a disk that is full after some pieces. */
async function disk(faulty: Faulty): Promise<Record<string, number>> {
  if (faulty.disk === undefined)
    throw new Error('--disk FOLDER on a small disk: mount -t tmpfs -o size=64k none FOLDER');
  const workers = [...workersOf(faulty, 1, { folder: faulty.disk }), ...workersOf(faulty, 2)];
  const seconds = await through(faulty, workers, async () => undefined);
  const [full] = await Promise.all(workers.map((worker) => worker.end()));
  return { jobs: faulty.jobs, restsOfTheFullOne: full!.rests, seconds, wrong: 0 };
}

/** Hours that the clocks of workers are off by, one after another. */
const JUMPS = [2, -1, 5, -24, 0];

/** What a server whose clock jumps ahead does: everything that has a time to live is gone at once. */
async function expireAll({ redis }: QueueLink): Promise<void> {
  const keys = [...(await redis.keys('*:lock')), ...(await redis.keys('wherewhen:*'))];
  for (const key of keys) if ((await redis.pttl(key)) > 0) await redis.del(key);
}

/** The clocks of workers jump by hours, and with each jump the server's jumps ahead; the producer keeps the right time. */
async function clock(faulty: Faulty): Promise<Record<string, number>> {
  const { jobs, clock: file, environment } = faulty;
  if (environment.LD_PRELOAD === undefined) throw new Error('--faketime LIBRARY: libfaketime.so.1');
  writeFileSync(file, '+0h\n');
  const workers = workersOf(faulty, 3, { environment });
  let jumps = 0;
  const seconds = await through(faulty, workers, async (isOver) => {
    for (const hours of JUMPS) {
      await sleep(3000);
      if (isOver()) return;
      writeFileSync(file, `${hours >= 0 ? '+' : ''}${hours}h\n`);
      await expireAll(faulty.link);
      jumps++;
    }
  });
  for (const worker of workers) worker.process.kill('SIGKILL');
  return { jobs, jumps, seconds, wrong: 0 };
}

/** Hours that the server's clock is off by; back at the end, so that what was to expire soon would stay for a day. */
const SERVER_JUMPS = [2, 5, -1, 0, -24];

/** The server's own clock jumps by hours, ahead and back, and with each jump a worker dies over the clips in its hands. */
async function serverClock(faulty: Faulty): Promise<Record<string, number>> {
  const { jobs, serverClock: file, link } = faulty;
  const random = Random.from(0, 'server clock');
  const workers = workersOf(faulty, 3);
  let [jumps, largest] = [0, 0];
  const seconds = await through(faulty, workers, async (isOver) => {
    for (const hours of SERVER_JUMPS) {
      await sleep(3000);
      if (isOver()) return;
      writeFileSync(file, String(3600 * hours));
      const [told] = await link.redis.time();
      largest = Math.max(largest, Math.abs(Number(told) - Date.now() / 1000));
      await sleep(100);
      const place = random.integer(0, workers.length);
      workers[place]!.process.kill('SIGKILL');
      workers[place] = workersOf(faulty, 1)[0]!;
      jumps++;
    }
  });
  for (const worker of workers) worker.process.kill('SIGKILL');
  return { jobs, jumps, hoursOff: Math.round(largest / 3600), seconds, wrong: 0 };
}
