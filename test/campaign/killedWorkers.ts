// Workers of a queue killed at work, and others started in their place: the answers are those of one process.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasRedis, RedisServer } from '../scale/redisServer.js';
import { runWhole, start } from './child.js';
import { digestsOf } from './digests.js';
import type { Target } from './killTargets.js';

/** `predict --queue` over the clips of `data`, with two kills of its worker in a trial. Throws where there is no Redis. */
export async function killedWorkers(
  base: string,
  { model, data }: { model: string; data: string },
): Promise<Target> {
  if (!hasRedis) throw new Error('the target `queue` needs redis-server, bullmq and ioredis');
  const clips = ['left', 'right'].flatMap((label) =>
    readdirSync(join(data, label)).map((name) => join(data, label, name)),
  );
  const whole = join(base, 'whole.json');
  const line = (out: string): string[] => ['predict', model, ...clips, '--out', out];
  await runWhole([...line(whole), '--threads', '1']);
  const server = await RedisServer.open();
  await (await server.link())[Symbol.asyncDispose]();
  const env = { ...process.env, WHEREWHEN_QUEUE_PASSWORD: server.password };
  const worker = ['worker', '--queue', server.address, '--stalled', '5', '--threads', '1'];
  const queued = (out: string): ReturnType<typeof start> =>
    start([...line(out), '--queue', server.address], { env });
  const seconds = await unbrokenSeconds();
  return {
    judged: 'answers equal byte for byte',
    trial: async (out, random) => {
      const file = `${out}.json`;
      const producer = queued(file);
      let isOver = false;
      void producer.ended.then(() => (isOver = true));
      let kills = 0;
      while (kills < 2 && !isOver) {
        const { child, ended } = start(worker, { env });
        await Promise.race([sleep(1000 * random.uniform(0.1, 0.9) * seconds), producer.ended]);
        if (!isOver) kills++;
        child.kill('SIGKILL');
        await ended;
      }
      const last = start(worker, { env });
      const { code, said } = await producer.ended;
      last.child.kill('SIGKILL');
      await last.ended;
      if (code !== 0) throw new Error(`predict --queue ended with ${code}: ${said}`);
      if (digestsOf(file).get('') !== digestsOf(whole).get(''))
        throw new Error(`other answers after ${kills} kills`);
      return kills;
    },
    close: () => server.close(),
  };

  /** How long one worker takes that nobody kills: a kill within that time finds it at work. */
  async function unbrokenSeconds(): Promise<number> {
    const began = performance.now();
    const producer = queued(join(base, 'unbroken.json'));
    const { child, ended } = start(worker, { env });
    const { code, said } = await producer.ended;
    const took = (performance.now() - began) / 1000;
    child.kill('SIGKILL');
    await ended;
    if (code !== 0) throw new Error(`predict --queue ended with ${code}: ${said}`);
    return took;
  }
}
