// A worker process of the benchmark `queue`: its clips are numbers, their pieces the squares, after so many milliseconds; where a
// folder is named, each piece is written there first, so that its disk may be full. Says its memory when it is asked, its memory
// and processor time when it ends, and whether it has rested.
import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeAtomically } from '../src/atomicFile.js';
import { openQueue, queueAddress, runWorker, type Handler } from '../src/scale/index.js';
import { megabytesNow, peakMegabytes } from './figures.js';

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: '' },
    slots: { type: 'string', default: '1' },
    milliseconds: { type: 'string', default: '0' },
    stalled: { type: 'string', default: '30' },
    folder: { type: 'string' },
    bytes: { type: 'string', default: '4096' },
  },
});
const end = new AbortController();
setMaxListeners(0, end.signal);
process.on('SIGTERM', () => end.abort());
await using link = await openQueue(queueAddress(values.address));
const square = async (): Promise<Handler> => ({
  handle: async ({ name }) => {
    if (Number(values.milliseconds) > 0) await sleep(Number(values.milliseconds));
    if (values.folder !== undefined)
      await writeAtomically(join(values.folder, name), Buffer.alloc(Number(values.bytes), 1));
    return Number(name) ** 2;
  },
  [Symbol.asyncDispose]: async () => undefined,
});
let rests = 0;
const options = {
  ...{ handlers: { square }, stalledSeconds: Number(values.stalled), signal: end.signal, restSeconds: 1 },
  onRest: () => void rests++,
};
process.on('message', () => process.send?.({ now: megabytesNow() }));
const workers = Array.from({ length: Number(values.slots) }, () => runWorker(link, options));
const before = process.cpuUsage();
process.send?.('ready');
await Promise.all(workers);
const { user, system } = process.cpuUsage(before);
if (values.folder !== undefined)
  await rm(values.folder, { recursive: true, force: true }).catch(() => undefined);
process.send?.({ peak: peakMegabytes(), cpu: (user + system) / 1000, rests });
process.disconnect?.();
