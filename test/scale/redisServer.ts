// A Redis or Valkey for one test file: Debian's redis-server, or what WHEREWHEN_REDIS names.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueue, queueAddress, type QueueLink } from '../../src/scale/index.js';

const command = process.env.WHEREWHEN_REDIS ?? 'redis-server';

/** Whether there is a server to start, and the optional packages that speak with it: else tests that need them are skipped. */
export const hasRedis =
  spawnSync(command, ['--version']).status === 0 &&
  (await Promise.all([import('bullmq'), import('ioredis')]).then(
    () => true,
    () => false,
  ));

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** A server of its own port, folder and password. */
export class RedisServer {
  readonly password = 'a-secret-of-the-test';
  readonly address: string;
  readonly #port: number;
  readonly #folder: string;
  #process: ChildProcess;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.address = `redis://127.0.0.1:${port}`;
    this.#process = this.start();
  }

  static async open(): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'wherewhen-redis-')));
  }

  /** Starts it (again), with what its append-only file holds. */
  start(): ChildProcess {
    const kept = ['--save', '', '--appendonly', 'yes', '--dir', this.#folder, '--loglevel', 'warning'];
    const open = ['--port', String(this.#port), '--bind', '127.0.0.1', '--requirepass', this.password];
    this.#process = spawn(command, [...open, ...kept], { stdio: 'ignore' });
    return this.#process;
  }

  /** `kill -9` */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Neither answers nor ends for so long, as behind a cut line. */
  async pause(milliseconds: number): Promise<void> {
    this.#process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#process.kill('SIGCONT');
  }

  /** Connects, as soon as it answers. */
  async link(): Promise<QueueLink> {
    for (let tries = 0; ; tries++) {
      try {
        return await openQueue(queueAddress(this.address, { WHEREWHEN_QUEUE_PASSWORD: this.password }));
      } catch (error) {
        if (tries === 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async close(): Promise<void> {
    this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
