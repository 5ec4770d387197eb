// A process that knocks at one door, case after case, and tells of each before the next begins. Case `i` of a seed is always
// the same: whoever is killed goes on where it was.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/random.js';
import type { Verdict } from './door.js';
import { DOORS } from './doors/index.js';

/** How one case ended. */
export interface CaseEnd {
  index: number;
  /** `found`: something else than a result or one error of ours. */
  verdict: Verdict | 'found';
  milliseconds: number;
  /** What was found, its places in the code behind it. */
  what?: string;
}

/** What the process tells: that the door is open, each case, and a rejection that nobody waits for. */
export type FuzzMessage = { isOpen: true } | CaseEnd | { stray: string };

/** Bytes that a case may add to the most that the process has held. */
const MEMORY_LIMIT = 1 << 30;

async function knock(name: string, seed: number, from: number, end: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `wherewhen-fuzz-${name}-`));
  const door = await (await DOORS[name]!())(folder);
  await tell({ isOpen: true });
  try {
    for (let index = from; index < end; index++) {
      const [started, held] = [performance.now(), peak()];
      let told: Pick<CaseEnd, 'verdict' | 'what'>;
      try {
        told = { verdict: await door.attempt(Random.from(seed, name, index)) };
      } catch (error) {
        told = { verdict: 'found', what: described(error).replaceAll(folder, '') };
      }
      const grown = peak() - held;
      if (grown > MEMORY_LIMIT) told = { verdict: 'found', what: `took ${Math.round(grown / 2 ** 20)} MB` };
      const milliseconds = performance.now() - started;
      await tell({ index, milliseconds, ...told });
    }
  } finally {
    await door.close?.();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves when the message is on its way. */
function tell(message: FuzzMessage): Promise<void> {
  return new Promise((done) => void process.send!(message, () => done()));
}

/** The most bytes that this process has held so far. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function described(error: unknown): string {
  return (error as Error).stack?.split('\n').slice(0, 5).join(' ') ?? String(error);
}

process.on('disconnect', () => process.exit()); // the campaign was ended, or this process has told all

/** A promise that nobody waits for is a find of the case that left it. */
process.on('unhandledRejection', (error) => {
  process.send?.({ stray: described(error) });
});

const [name, ...numbers] = process.argv.slice(2);
const [seed, from, end] = numbers.map(Number);
await knock(name!, seed!, from!, end!);
process.disconnect();
