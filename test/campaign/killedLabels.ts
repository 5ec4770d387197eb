// `serve` killed while labels are saved: what it said that it saved is there, and the file is always whole.
import { mkdirSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTruth } from '../../src/evaluate/soundTruth.js';
import type { Random } from '../../src/random.js';
import { ClipLabels, ClipList } from '../../src/server/api.js';
import { start } from './child.js';
import type { Target } from './killTargets.js';

const names = Array.from({ length: 8 }, (_, i) => `clip${i}.mp4`);

/** What is known of the label of a clip: acknowledged, and asked for without an answer. */
type Known = Map<string, { saved?: string; asked?: string }>;

/** One trial: three servers, one after another, over one folder, each killed among its savings. */
export function killedLabels(base: string): Target {
  return {
    judged: 'every acknowledged label is in labels.json',
    trial: async (out, random) => {
      mkdirSync(out, { recursive: true });
      for (const name of names) writeFileSync(join(out, name), name);
      const known: Known = new Map();
      let saved = 0;
      for (let n = 0; n < 3; n++) saved += await oneServer(base, out, known, random);
      if (saved === 0) throw new Error('no label was saved: nothing was tried');
      return 3;
    },
  };
}

async function oneServer(base: string, out: string, known: Known, random: Random): Promise<number> {
  const { child, ended } = start([
    'serve',
    '--data',
    out,
    '--port',
    '0',
    '--json',
    '--cache',
    join(base, 'cache'),
  ]);
  const text = await Promise.race([
    new Promise<string>((done) => child.stdout!.once('data', (part) => done(String(part)))),
    ended.then(({ said }) => Promise.reject(new Error(`serve does not start: ${said}`))),
  ]);
  const { url } = JSON.parse(text) as { url: string };
  const { ids, names: listed } = ClipList.parse(await (await fetch(`${url}api/clips.json`)).json());
  const kill = sleep(random.uniform(50, 3000)).then(() => child.kill('SIGKILL'));
  const counts = await Promise.all(
    ids.map((id, i) => saving(`${url}api/clips/${id}/labels.json`, listed[i]!, known)),
  );
  await kill;
  await ended;
  requireKept(out, known);
  return counts.reduce((a, b) => a + b, 0);
}

/** Saves one label after another until the server is gone; resolves with how many were acknowledged. */
async function saving(address: string, name: string, known: Known): Promise<number> {
  for (let count = 0; ;) {
    try {
      const { revision } = ClipLabels.parse(await (await fetch(address)).json());
      const label = `${name} ${Date.now()} ${count}`;
      known.set(name, { ...known.get(name), asked: label });
      const truth = { label, startSeconds: 0, endSeconds: 1, width: 64, height: 48, frames: [] };
      const response = await fetch(address, {
        ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ revision, truth }),
      });
      if (response.status !== 200) continue; // another clip's label came between: asked again
      await response.text();
      known.set(name, { saved: label });
      count++;
    } catch {
      return count;
    }
  }
}

function requireKept(out: string, known: Known): void {
  const file = join(out, 'labels.json');
  if (!existsSync(file)) {
    if ([...known.values()].some(({ saved }) => saved !== undefined)) throw new Error('labels.json is gone');
    return;
  }
  const { clips } = parseTruth(JSON.parse(readFileSync(file, 'utf8')));
  for (const [name, { saved, asked }] of known) {
    const label = clips[name]?.label;
    if (label !== saved && label !== asked)
      throw new Error(`${name}: saved ${saved}, asked ${asked}, there is ${label}`);
    known.set(name, { saved: label });
  }
}
