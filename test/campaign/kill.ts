// `campaign kill`: every target in turn, trial after trial, until there are enough or the time is over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/random.js';
import { TARGETS } from './killTargets.js';
import { Log } from './log.js';
import type { CampaignOptions, Row } from './options.js';

/** One trial that is over. */
interface Trial {
  target: string;
  seed: number;
  index: number;
  kills: number;
  judged: string;
  found?: string;
}

/** Kills every target `count` times, trials before an interruption included; a row a target. */
export async function kill({ seed, count, doors, minutes, log }: CampaignOptions): Promise<Row[]> {
  const diary = new Log<Trial>(log);
  const names = doors.length > 0 ? doors : Object.keys(TARGETS);
  const until = Date.now() + minutes * 60_000;
  for (const [i, target] of names.entries()) {
    const known = diary.entries.filter((one) => one.target === target && one.seed === seed);
    const share = (until - Date.now()) / (names.length - i);
    await trials(diary, { target, seed, count, until: Date.now() + share, from: known.length });
  }
  return names.map((name) => {
    const own = diary.entries.filter((one) => one.target === name && one.seed === seed);
    const kills = own.reduce((sum, one) => sum + one.kills, 0);
    const finds = own.flatMap(({ index, found }) =>
      found === undefined ? [] : [`trial ${index}: ${found}`],
    );
    return { name, runs: own.length, result: `${kills} kills at work; ${own.at(-1)?.judged ?? ''}`, finds };
  });
}

interface Wanted {
  target: string;
  seed: number;
  count: number;
  from: number;
  until: number;
}

async function trials(diary: Log<Trial>, { target, seed, count, from, until }: Wanted): Promise<void> {
  if (from >= count || Date.now() >= until) return;
  const base = await mkdtemp(join(tmpdir(), `wherewhen-kill-${target}-`));
  try {
    const made = await TARGETS[target]!(base);
    for (let index = from; index < count && Date.now() < until; index++) {
      const out = join(base, `trial ${index}`);
      const told = await made.trial(out, Random.from(seed, target, index)).then(
        (kills) => ({ kills }),
        (error: unknown) => ({
          kills: 0,
          found: String((error as Error).stack ?? error).replaceAll(base, ''),
        }),
      );
      diary.add({ target, seed, index, judged: made.judged, ...told });
      await rm(out, { recursive: true, force: true });
    }
    await made.close?.();
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}
