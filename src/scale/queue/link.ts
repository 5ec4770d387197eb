// A connection to the queue's server, tried once before any work: who is not there, shuts the door or is of another version is
// told in one line. Later a server that goes away is waited for.
import type { Queue } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import { formatError, missingError, usageError, WhereWhenError } from '../../errors.js';
import { PASSWORD_VARIABLE, type QueueAddress } from './address.js';

/** A queue that can be asked and filled. */
export interface QueueLink extends AsyncDisposable {
  shown: string;
  redis: Redis;
  queue: Queue;
  /** Another connection to the same server. */
  connect(): Redis;
}

/** Raise it when jobs or what is kept beside them change their form. */
const VERSION = 2;

/** The name of the queue, and what is kept beside it. */
export const names = {
  queue: 'wherewhen',
  version: 'wherewhen:version',
  /** Settings by work. */
  works: 'wherewhen:works',
  made: (work: string) => `wherewhen:made:${work}`,
  /** What only a producer knows, by work, and wrote into its folder. */
  marks: 'wherewhen:marks',
  /** Bytes of what was put for a producer or another asker, by clip and hash; and the pieces of one of them. */
  blobs: (holder: string) => `wherewhen:blobs:${holder}`,
  blob: (holder: string, sha256: string) => `wherewhen:blob:${holder}:${sha256}`,
  /** Clips that a producer has and has not queued yet, by work. */
  ahead: 'wherewhen:ahead',
  /** Counts since the queue was made. */
  totals: 'wherewhen:totals',
  /** How long a worker holds a clip: the longest of all workers, in milliseconds. */
  holds: 'wherewhen:holds',
  producer: (work: string) => `wherewhen:producer:${work}`,
  /** Jobs done in a minute. */
  done: (minute: number) => `wherewhen:done:${minute}`,
} as const;

/** Oldest server that has what is asked of it: streams, and `LMOVE`. */
const LEAST = [6, 2];
const CONNECT_SECONDS = 5;

/** Connects. Throws `usage`, `missing` and `format`. */
export async function openQueue(address: QueueAddress): Promise<QueueLink> {
  const { bullmq, Redis } = await packages();
  const options = optionsOf(address);
  const probe = new Redis({
    ...options,
    ...{ lazyConnect: true, enableReadyCheck: false, maxRetriesPerRequest: 0, retryStrategy: () => null },
  });
  const said: Error[] = [];
  probe.on('error', (error: Error) => said.push(error)); // a refused password is told here alone
  try {
    await probe.connect();
    await requireVersions(probe, address.shown);
  } catch (cause) {
    throw told([cause as Error, ...said], address);
  } finally {
    probe.disconnect();
  }
  const connect = (): Redis => {
    const retryStrategy = (times: number): number => Math.min(5000, 100 * times);
    const redis = new Redis({ ...options, maxRetriesPerRequest: null, retryStrategy });
    redis.on('error', () => undefined); // it is waited for
    return redis;
  };
  const redis = connect();
  const queue = new bullmq.Queue(names.queue, { connection: redis as never });
  queue.on('error', () => undefined);
  return {
    ...{ shown: address.shown, redis, queue, connect },
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      redis.disconnect();
    },
  };
}

/** The optional packages. Throws `usage` where they are not installed. */
export async function packages(): Promise<{
  bullmq: typeof import('bullmq');
  Redis: typeof import('ioredis').Redis;
}> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis: ioredis.Redis };
  } catch (cause) {
    const hint = 'npm install bullmq ioredis; without a queue: --part i/N';
    throw usageError('--queue', 'the packages bullmq and ioredis', 'none', hint, cause);
  }
}

function optionsOf({ host, port, db, username, password, isSecure }: QueueAddress): RedisOptions {
  return {
    ...{ host, port, db, username, password, connectTimeout: 1000 * CONNECT_SECONDS },
    ...(isSecure && { tls: {} }),
  };
}

async function requireVersions(redis: Redis, shown: string): Promise<void> {
  const info = await redis.info('server');
  const found = /(?:valkey|redis)_version:(\d+)\.(\d+)\S*/.exec(info);
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])];
  if (!(major > LEAST[0]! || (major === LEAST[0] && minor >= LEAST[1]!)))
    throw usageError(shown, `Redis ${LEAST.join('.')} or later, or Valkey`, found?.[0] ?? 'another server');
  await redis.setnx(names.version, VERSION);
  const version = await redis.get(names.version);
  if (version !== String(VERSION))
    throw formatError(
      shown,
      `a queue of version ${VERSION}`,
      `one of version ${version}`,
      'use the same version of wherewhen everywhere, or another database of the server: redis://HOST:PORT/1',
    );
}

/** What went wrong with the first words to the server. */
function told(causes: readonly Error[], { shown, password }: QueueAddress): WhereWhenError {
  const [cause] = causes;
  if (cause instanceof WhereWhenError) return cause;
  const words = causes.map(({ message, code }: NodeJS.ErrnoException) => `${code} ${message}`).join('; ');
  if (/WRONGPASS|NOAUTH|invalid password|NOPERM/i.test(words))
    return usageError(
      shown,
      'the password of the server',
      password === undefined ? 'none' : 'another one',
      `set ${PASSWORD_VARIABLE}`,
    );
  const known = /ECONNREFUSED/.test(words)
    ? 'nothing that listens there'
    : /ENOTFOUND|EAI_AGAIN/.test(words)
      ? 'no machine of this name'
      : /ETIMEDOUT|ECONNRESET|EPIPE|Protocol error|Connection is closed/i.test(words)
        ? 'no answer of such a server'
        : causes[0]!.message;
  return missingError(shown, 'a Redis or Valkey server', known, 'for example: redis-server --appendonly yes');
}
