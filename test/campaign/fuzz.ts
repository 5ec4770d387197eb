// `campaign fuzz`: a process for each door in turn, watched from here: one that dies or hangs costs the case that it was at, which
// is a find, and another goes on behind it.
import { startProcess } from '../../src/thread.js';
import type { CampaignOptions, Row } from './options.js';
import { DOORS } from './doors/index.js';
import type { CaseEnd, FuzzMessage } from './fuzzProcess.js';
import { Log } from './log.js';

/** Cases of a door that are over, as the log keeps them. */
interface Span {
  door: string;
  seed: number;
  from: number;
  end: number;
  read: number;
  refused: number;
  slowest: number;
  found: { index: number; what: string }[];
}

/** Milliseconds that one case may take. */
const PATIENCE = 20_000;

/** Milliseconds that a door may take to open on a loaded machine. */
const OPENING = 600_000;

/** Cases in one line of the log. */
const SPAN = 500;

/** Knocks at every door `count` times, those before an interruption included; a row a door. */
export async function fuzz({ seed, count, doors, minutes, log }: CampaignOptions): Promise<Row[]> {
  const diary = new Log<Span>(log);
  const names = doors.length > 0 ? doors : Object.keys(DOORS);
  const until = Date.now() + minutes * 60_000;
  const share = (minutes * 60_000) / names.length;
  for (const [i, door] of names.entries()) {
    const last = i === names.length - 1;
    await knockAt(diary, { door, seed, count, until: last ? until : Math.min(until, Date.now() + share) });
  }
  return names.map((door) =>
    rowOf(
      door,
      diary.entries.filter((one) => one.door === door && one.seed === seed),
    ),
  );
}

function rowOf(door: string, spans: readonly Span[]): Row {
  const sum = (of: (span: Span) => number): number => spans.reduce((all, span) => all + of(span), 0);
  const found = spans.flatMap((span) => span.found);
  return {
    name: door,
    runs: sum(({ end, from }) => end - from),
    result: `${sum(({ read }) => read)} read, ${sum(({ refused }) => refused)} refused, slowest ${Math.round(Math.max(0, ...spans.map(({ slowest }) => slowest)))} ms`,
    finds: [...new Map(found.map(({ index, what }) => [what, `case ${index}: ${what}`])).values()],
  };
}

interface Wanted {
  door: string;
  seed: number;
  count: number;
  until: number;
  /** A case that hung once: a loaded machine makes that of any, so that it is a find only when it hangs again. */
  suspect: number;
}

/** Case after case until there are `count` of them or the time is over. */
async function knockAt(
  diary: Log<Span>,
  { door, seed, count, until }: Omit<Wanted, 'suspect'>,
): Promise<void> {
  const known = diary.entries.filter((one) => one.door === door && one.seed === seed);
  let next = Math.max(0, ...known.map(({ end }) => end));
  let suspect = -1;
  while (next < count && Date.now() < until) {
    const { end, hasHung } = await oneProcess(diary, { door, seed, count, until, suspect }, next);
    [next, suspect] = [end, hasHung ? end : -1];
  }
}

/** One process from case `from` on; resolves with the case to go on from, and whether that one hung for the first time. */
async function oneProcess(
  diary: Log<Span>,
  { door, seed, count, until, suspect }: Wanted,
  from: number,
): Promise<{ end: number; hasHung: boolean }> {
  const child = startProcess('./fuzzProcess.js', import.meta.url, {
    arguments: [door, String(seed), String(from), String(count)],
  });
  let said = '';
  child.stderr?.on('data', (text) => (said = (said + String(text)).slice(-2000)));
  child.stdout?.resume();
  let [span, isOpen, hung, isOver] = [emptySpan(door, seed, from), false, false, false];
  const write = (): void => {
    if (span.end > span.from) diary.add(span);
    span = emptySpan(door, seed, span.end);
  };
  const kill = (): void => void child.kill('SIGKILL');
  const late = (): void => {
    hung = true;
    kill();
  };
  let watch = setTimeout(late, OPENING);
  child.on('message', (message: FuzzMessage) => {
    if (isOver) return;
    if ('stray' in message) {
      span.found.push({ index: span.end, what: `nobody waits for: ${message.stray}` });
      return;
    }
    isOpen = true;
    clearTimeout(watch);
    watch = setTimeout(late, PATIENCE);
    if ('isOpen' in message) return;
    countCase(span, message);
    if (span.end - span.from >= SPAN || message.verdict === 'found') write();
    if (Date.now() > until) {
      isOver = true;
      kill();
    }
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.on('close', (...how) => done(how)),
  );
  clearTimeout(watch);
  const isFirstHang = hung && isOpen && span.end !== suspect;
  if (!isOver && code !== 0 && !isFirstHang) {
    if (!isOpen) throw new Error(`the door ${door} does not open (${code ?? signal}): ${said}`);
    const what = hung
      ? `hung for ${PATIENCE / 1000} s, twice`
      : `the process died: ${signal ?? code} ${said.slice(-500)}`;
    countCase(span, { index: span.end, verdict: 'found', milliseconds: hung ? PATIENCE : 0, what });
  }
  const { end } = span;
  write();
  return { end, hasHung: isFirstHang };
}

function emptySpan(door: string, seed: number, from: number): Span {
  return { door, seed, from, end: from, read: 0, refused: 0, slowest: 0, found: [] };
}

function countCase(span: Span, { index, verdict, milliseconds, what = '' }: CaseEnd): void {
  span.end = index + 1;
  span.slowest = Math.max(span.slowest, milliseconds);
  if (verdict === 'found') span.found.push({ index, what });
  else span[verdict]++;
}
