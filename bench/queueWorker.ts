// A worker process of the benchmark `queue`: its clips are numbers, their pieces the squares, after so many milliseconds. Says
// its memory and its processor time when it ends.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue, queueAddress, runWorker, type Handler } from '../src/scale/index.js';
import { peakMegabytes } from './figures.js';

const [address, slots, milliseconds, stalled] = process.argv.slice(2) as [string, string, string, string];
const end = new AbortController();
setMaxListeners(0, end.signal);
process.on('SIGTERM', () => end.abort());
await using link = await openQueue(queueAddress(address));
const square = async (): Promise<Handler> => ({
  handle: async ({ name }) => {
    if (Number(milliseconds) > 0) await sleep(Number(milliseconds));
    return Number(name) ** 2;
  },
  [Symbol.asyncDispose]: async () => undefined,
});
const options = { handlers: { square }, stalledSeconds: Number(stalled), signal: end.signal };
const workers = Array.from({ length: Number(slots) }, () => runWorker(link, options));
const before = process.cpuUsage();
process.send?.('ready');
await Promise.all(workers);
const { user, system } = process.cpuUsage(before);
process.send?.({ peak: peakMegabytes(), cpu: (user + system) / 1000 });
