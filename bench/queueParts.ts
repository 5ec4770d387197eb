// What the benchmark `queue` is made of: a server, worker processes, and work whose result is known beforehand.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  makePart,
  openQueue,
  Pieces,
  queueAddress,
  throughQueue,
  wholePart,
  type QueueLink,
} from '../src/scale/index.js';

/** A server that keeps what it has on its disk. */
export class Server {
  readonly address: string;
  readonly #command: string[];
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess;

  constructor(command: string, port: number, folder: string, environment: NodeJS.ProcessEnv = {}) {
    this.#environment = environment;
    this.address = `redis://127.0.0.1:${port}`;
    const kept = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--dir', folder];
    this.#command = [command, '--port', String(port), '--bind', '127.0.0.1', ...kept];
    this.#process = this.start();
  }

  start(): ChildProcess {
    const [command, ...rest] = this.#command;
    return (this.#process = spawn(command!, rest, {
      stdio: 'ignore',
      env: { ...process.env, ...this.#environment },
    }));
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Neither answers nor ends, as behind a cut line. */
  async pause(milliseconds: number): Promise<void> {
    this.#process.kill('SIGSTOP');
    await sleep(milliseconds);
    this.#process.kill('SIGCONT');
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

/** How a worker process works; what its environment has besides. */
export interface WorkerFacts {
  slots?: number;
  milliseconds?: number;
  stalled?: number;
  folder?: string;
  bytes?: number;
  environment?: NodeJS.ProcessEnv;
}

/** What a worker says at its end. */
interface Said {
  peak: number;
  cpu: number;
  rests: number;
}

/** A worker process. */
export class Worker {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;

  constructor(address: string, { environment, ...facts }: WorkerFacts = {}) {
    const path = new URL('./queueWorker.ts', import.meta.url).pathname;
    const args = Object.entries({ address, ...facts }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    const env = { ...process.env, ...environment };
    this.process = fork(path, args, { execArgv: ['--import', 'tsx'], env });
    this.ready = this.#next((said) => said === 'ready').then(() => undefined);
  }

  /** Its memory now, in MiB. */
  async megabytes(): Promise<number> {
    const now = this.#next((said) => typeof said === 'object' && said !== null && 'now' in said);
    this.process.send('memory');
    return ((await now) as { now: number }).now;
  }

  end(): Promise<Said> {
    const said = this.#next((one) => typeof one === 'object' && one !== null && 'peak' in one);
    this.process.kill('SIGTERM');
    return said as Promise<Said>;
  }

  #next(isIt: (said: unknown) => boolean): Promise<unknown> {
    return new Promise((resolve) => {
      this.process.on('message', (said) => isIt(said) && resolve(said));
      this.process.on('exit', () => resolve(undefined));
    });
  }
}

/** Squares of so many numbers by the queue, kept as pieces; throws unless each is there once and right. */
export async function squares(
  link: QueueLink,
  folder: string,
  jobs: number,
  onPiece: (done: number) => void | Promise<void> = () => {},
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
      await onPiece(++done);
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
