// `campaign soak`: one server asked again and again, rightly and wrongly, by clients that leave, stop in the middle and talk nonsense.
// It stays up, gives the same answer at the end as at the start, no 500, and holds its memory within 5 % after warming up.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../../src/random.js';
import { ClipList } from '../../src/server/api.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { preloadOf, start } from './child.js';
import type { HeldMemory } from './heldMemory.js';
import { Log } from './log.js';
import { mutatedJson } from './mutate.js';
import type { CampaignOptions, Row } from './options.js';

/** Requests of one server so far. */
interface Span {
  seed: number;
  from: number;
  end: number;
  statuses: Record<string, number>;
  held: HeldMemory;
  found?: string;
}

/** The kinds of memory. */
const KINDS = ['heap', 'external', 'resident'] as const satisfies (keyof HeldMemory)[];

/** Requests between two looks at the memory, and how many are under way. */
const SPAN = 200;
const TOGETHER = 4;

/** What memory may grow by after the first third, and the megabytes below which nothing is told. */
const GROWTH = 0.05;
const LEAST_GROWTH = 2;

/** Asks `count` times or for so many minutes; goes on from the log with another server. */
export async function soak({ seed, count, minutes, log }: CampaignOptions): Promise<Row[]> {
  const diary = new Log<Span>(log);
  const before = diary.entries.filter((one) => one.seed === seed);
  const done = Math.max(0, ...before.map(({ end }) => end));
  const finds = before.flatMap(({ found }) => found ?? []);
  if (done < count) {
    const own = await oneServer(diary, { seed, count, from: done, until: Date.now() + minutes * 60_000 });
    finds.push(...own);
  }
  const all = diary.entries.filter((one) => one.seed === seed);
  const statuses: Record<string, number> = {};
  for (const span of all)
    for (const [status, n] of Object.entries(span.statuses)) statuses[status] = (statuses[status] ?? 0) + n;
  const runs = Math.max(0, ...all.map(({ end }) => end));
  return [{ name: 'serve', runs, result: `${JSON.stringify(statuses)}; ${memoryOf(all)}`, finds }];
}

/** Megabytes held in the middle of each third. */
function memoryOf(spans: readonly Span[]): string {
  const lines = KINDS.map(
    (kind) =>
      `${kind} ${thirds(spans.map(({ held }) => held[kind]))
        .map((one) => one.toFixed(1))
        .join(', ')}`,
  );
  return `MB after a collection: ${lines.join('; ')}`;
}

interface Wanted {
  seed: number;
  count: number;
  from: number;
  until: number;
}

async function oneServer(diary: Log<Span>, { seed, count, from, until }: Wanted): Promise<string[]> {
  const base = mkdtempSync(join(tmpdir(), 'wherewhen-soak-'));
  await writeTinyWorld(join(base, 'data'), 4);
  await writeTinyModel(join(base, 'm'), ['left', 'right']);
  const args = [
    'serve',
    join(base, 'm'),
    '--data',
    join(base, 'data'),
    '--port',
    '0',
    '--json',
    '--threads',
    '1',
  ];
  const { child, ended } = start([...args, '--cache', join(base, 'cache')], {
    node: ['--import', preloadOf('heldMemory', base)],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const finds: string[] = [];
  const sizes: HeldMemory[] = [];
  try {
    const text = await Promise.race([
      new Promise<string>((go) => child.stdout!.once('data', (part) => go(String(part)))),
      ended.then(({ said }) => Promise.reject(new Error(`serve does not start: ${said}`))),
    ]);
    const { url } = JSON.parse(text) as { url: string };
    const { ids } = ClipList.parse(await (await fetch(`${url}api/clips.json`)).json());
    const models = (await (await fetch(`${url}api/state.json`)).json()) as { models: { key: string }[] };
    const asker = new Asker(url, { ids, model: models.models[0]!.key, seed });
    const first = await asker.answer();
    for (let at = from; at < count && Date.now() < until && child.exitCode === null;) {
      const end = Math.min(count, at + SPAN);
      const statuses = await asker.askAll(at, end);
      const held = await heldBy(child);
      if (!held) break;
      sizes.push(held);
      const wrong = Object.keys(statuses).find((status) => /^5/.test(status) && status !== '503');
      const found =
        wrong === undefined
          ? undefined
          : `${statuses[wrong]} answers ${wrong} among requests ${at} to ${end}`;
      if (found !== undefined) finds.push(found);
      diary.add({ seed, from: at, end, statuses, held, ...(found !== undefined && { found }) });
      at = end;
    }
    if (child.exitCode !== null) finds.push(`the server ended with ${child.exitCode}: ${(await ended).said}`);
    else if (!isDeepStrictEqual(await asker.answer(), first))
      finds.push('another answer at the end than at the start');
    finds.push(...grown(sizes));
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(base, { recursive: true, force: true });
  }
  return finds;
}

/** What a server holds; undefined where it has ended. */
function heldBy(child: ChildProcess): Promise<HeldMemory | undefined> {
  return new Promise((done) => {
    const end = (held?: HeldMemory): void => {
      child.off('message', answered).off('exit', gone);
      done(held);
    };
    const answered = (held: unknown): void => end(held as HeldMemory);
    const gone = (): void => end();
    child.on('message', answered).on('exit', gone);
    child.send('how much?', (error) => error && end());
  });
}

/** Whether the middle of the last third lies above the middle of the second by more than 5 %, of any kind of memory. */
function grown(sizes: readonly HeldMemory[]): string[] {
  if (sizes.length < 9) return [];
  return KINDS.flatMap((kind) => {
    const [, early, late] = thirds(sizes.map((held) => held[kind]));
    const isGrown = late > early * (1 + GROWTH) && late > early + LEAST_GROWTH;
    return isGrown ? [`memory (${kind}) grew from ${early.toFixed(1)} to ${late.toFixed(1)} MB`] : [];
  });
}

/** The middle value of each third. */
function thirds(values: readonly number[]): [number, number, number] {
  const third = Math.floor(values.length / 3);
  const parts = [values.slice(0, third), values.slice(third, 2 * third), values.slice(2 * third)];
  return parts.map(middle) as [number, number, number];
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Asks one server, request `i` of a seed always in the same way. */
class Asker {
  readonly #url: string;
  readonly #facts: { ids: readonly string[]; model: string; seed: number };

  constructor(url: string, facts: { ids: readonly string[]; model: string; seed: number }) {
    this.#url = url;
    this.#facts = facts;
  }

  /** The answer of the model on the first clip. */
  async answer(): Promise<unknown> {
    const { ids, model } = this.#facts;
    return (await fetch(`${this.#url}api/models/${model}/clips/${ids[0]}.json`)).json();
  }

  /** Requests `from` to `end - 1`, a few at a time; how many ended how. */
  async askAll(from: number, end: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    let next = from;
    const lane = async (): Promise<void> => {
      while (next < end) {
        const how = await this.#ask(Random.from(this.#facts.seed, 'soak', next++));
        counts[how] = (counts[how] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, lane));
    return counts;
  }

  async #ask(random: Random): Promise<string> {
    const kind = random.integer(0, 10);
    try {
      if (kind === 0) return await nonsense(Number(new URL(this.#url).port), random);
      if (kind === 1) return await this.#leaving(random);
      return await this.#whole(random);
    } catch (error) {
      return (error as Error).name;
    }
  }

  async #whole(random: Random): Promise<string> {
    const { ids, model } = this.#facts;
    const id = random.pick(ids);
    const kind = random.integer(0, 12);
    const own = [
      `api/models/${model}/clips/${id}.json`,
      `api/clips/${id}/info.json`,
      `api/clips/${id}/video.mp4`,
    ];
    const lists = ['api/state.json', 'api/clips.json', `api/models/${model}/answers.json`, 'api/jobs.json'];
    if (kind > 2) {
      const path = random.pick([
        ...own,
        ...lists,
        '',
        'api/clips/none/info.json',
        '%',
        `api/clips/${id}/film.jpg`,
      ]);
      return drained(
        await fetch(this.#url + path, { headers: { range: random.pick(['bytes=0-99', 'bytes=9-', 'x']) } }),
      );
    }
    const label = { label: 'x', startSeconds: 0, endSeconds: 1, width: 64, height: 48, frames: [] };
    const [path, method, body] = random.pick([
      [`api/clips/${id}/labels.json`, 'PUT', { revision: '', truth: label }],
      [`api/models/${model}/clips/${id}/range`, 'POST', { startSeconds: 0, endSeconds: 1 }],
      ['api/jobs', 'POST', { kind: 'answer', model, clips: [id] }],
    ] as const);
    const text = random.uniform() < 0.5 ? JSON.stringify(body) : mutatedJson(random, body);
    const headers = { 'content-type': 'application/json' };
    return drained(await fetch(this.#url + path, { method, headers, body: text }));
  }

  /** A client that leaves before its answer, or in the middle of events. */
  async #leaving(random: Random): Promise<string> {
    const { ids, model } = this.#facts;
    const path = random.pick(['api/events', `api/models/${model}/clips/${random.pick(ids)}.json`]);
    const signal = AbortSignal.timeout(random.integer(1, 60));
    await fetch(this.#url + path, { signal }).then((response) => response.text());
    return 'answered before it left';
  }
}

async function drained(response: Response): Promise<string> {
  await response.arrayBuffer();
  return String(response.status);
}

/** A socket with half a request, or bytes that are none. */
function nonsense(port: number, random: Random): Promise<string> {
  const text = random.pick([
    ...['GET / HTTP/1.1\r\nHost: localhost\r\n', '\u0000\u0001\u0002', 'GET /% HTTP/9.9\r\n\r\n', ''],
    'PUT /api/clips/x/labels.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{',
  ]);
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      setTimeout(() => socket.destroy(), random.integer(1, 50));
    });
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => done('nonsense'));
  });
}
