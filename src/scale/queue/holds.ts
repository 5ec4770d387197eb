// Holds that the server keeps for a time, where its clock was set back: one that was to end in seconds would end after the jump,
// and the clips of a worker that dies would wait for it as long. None outlasts the longest that a worker asks for. Next tries of
// clips that were set by a worker's clock standing ahead are looked for with them.
import { names, type QueueLink } from './link.js';

/** Tells all workers how long a hold of this one lasts at most. */
export async function tellHold({ redis }: QueueLink, milliseconds: number): Promise<void> {
  await redis.zadd(names.holds, 'GT', milliseconds, 'longest');
}

/** Ends what outlasts the longest hold after that time; a worker that lives renews its own long before. Tries that are too far off come too. */
export async function shortenHolds({ redis, queue }: QueueLink): Promise<void> {
  const longest = Math.ceil(Number(await redis.zscore(names.holds, 'longest')));
  if (longest === 0) return;
  const active = await redis.lrange(queue.toKey('active'), 0, -1);
  for (const key of [queue.toKey('stalled-check'), ...active.map((id) => `${queue.toKey(id)}:lock`)])
    if ((await redis.pttl(key)) > longest) await redis.pexpire(key, longest);
  await hastenTries({ redis, queue });
}

/** Delayed clips that are looked at in one go, those furthest off first. */
const LOOKED_AT = 100;

/** Clips whose next try lies further off than their whole delay: it was set by a clock that stood ahead. They are tried now. */
async function hastenTries({ redis, queue }: Pick<QueueLink, 'redis' | 'queue'>): Promise<void> {
  for (const job of await queue.getJobs(['delayed'], 0, LOOKED_AT - 1, false)) {
    const score = Number(await redis.zscore(queue.toKey('delayed'), job.id!));
    const due = Math.floor(score / 0x1000); // BullMQ counts twelve bits of order behind the milliseconds
    if (due - Date.now() > job.delay) await job.promote().catch(() => undefined); // another worker was first
  }
}
