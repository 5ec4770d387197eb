// Learning from the lesson: each take is looked at once, then all are learnt from, and the camera answers with what was learnt.
// A change of the lesson starts it again by itself, where the reader wants that.
import { effect } from '@preact/signals';
import type { Result } from '../../../src/result.js';
import type { TeachTake } from '../../../src/teach/take.js';
import type { Taught, TeachProgress } from '../../../src/teach/options.js';
import { backbone, findBackbone } from './backbone.js';
import type { Learner, Looked } from './learner.js';
import { actions, canLearn, isAuto, isComing, isOpen, revision, takes } from './lesson.js';
import { forgetOthers, lookAt } from './looking.js';
import { recording } from './recording.js';
import type { Take } from './take.js';
import { idOf } from './takeFacts.js';
import { learning, taught, type Pass } from './taught.js';
import { read, save } from './writeBehind.js';

/** Milliseconds that a change waits for the next one before it is learnt from. */
const PATIENCE = 700;

let running: AbortController | null = null;
let timer: number | undefined;
/** The revision that was learnt from, or that failed: it is not tried again by itself. -1: what is kept was not looked at yet. */
let tried = -1;
let last: Learner | null = null;

/** Begins to watch the lesson; what is returned ends it. */
export function startLearning(): () => void {
  void findBackbone();
  const end = effect(() => {
    const isQuiet = recording.value === null && !isComing.value;
    const learner = backbone.value.state === 'ready' ? backbone.value.learner : null;
    if (learner && learner !== last) onBackbone(learner);
    const isReady = isOpen.value && learner !== null && isQuiet;
    const wanted = revision.value;
    if (!isReady) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void onChange(wanted), PATIENCE);
  });
  return () => {
    end();
    clearTimeout(timer);
    stopLearning();
  };
}

/** Another network: what was learnt on the one before is no more, and this one may know an earlier lesson. */
function onBackbone(learner: Learner): void {
  if (last) taught.value = null;
  [last, tried] = [learner, -1];
}

async function onChange(wanted: number): Promise<void> {
  if (!ready()) return; // another network is on its way
  if (tried === -1 && (await reopen())) return void (tried = wanted);
  if (tried === -1) tried = -2; // what is kept is of other takes
  if (!isAuto.peek() || !canLearn.peek() || tried === wanted) return void (await lookAhead());
  await teachNow();
}

/** Looks at takes before there is enough to learn from: the last one is then waited for alone. */
async function lookAhead(): Promise<void> {
  const learner = ready();
  if (!learner || running) return;
  const abort = (running = new AbortController());
  try {
    for (const take of takes.peek()) {
      await lookAt(take, learner);
      abort.signal.throwIfAborted();
    }
  } catch {
    // stopped: a later change looks again
  } finally {
    if (running === abort) running = null;
  }
}

/** Learns now, from the lesson as it is. */
export async function teachNow(): Promise<void> {
  const learner = ready();
  if (!learner) return;
  stopLearning();
  const abort = (running = new AbortController());
  const wanted = (tried = revision.peek());
  const began = performance.now();
  try {
    const seen = await lookAtAll(takes.peek(), learner, abort.signal);
    const passes: Pass[] = [];
    const onProgress = (progress: TeachProgress): void => {
      if (!abort.signal.aborted) tell(progress, passes);
    };
    const lesson = lessonText();
    const learnt = takes.peek().flatMap((take) => {
      const looked = seen.get(take.id);
      return looked ? [teachTake(take, looked)] : [];
    });
    const found = await learner.teach(learnt, { signal: abort.signal, onProgress });
    abort.signal.throwIfAborted();
    learning.value = { state: 'opening', passes };
    await open(learner, found, { seen, wanted });
    learning.value = { state: 'done', seconds: (performance.now() - began) / 1000, passes };
    keepModel({ identity: learner.identity, lesson, taught: found });
  } catch (error) {
    if (abort.signal.aborted) return;
    learning.value = { state: 'failed', reason: (error as Error).message };
  } finally {
    if (running === abort) running = null;
  }
}

/** Stops whatever runs. */
export function stopLearning(): void {
  running?.abort();
  running = null;
  if (learning.peek().state !== 'done') learning.value = { state: 'idle' };
}

function ready(): Learner | null {
  const now = backbone.peek();
  return now.state === 'ready' ? now.learner : null;
}

/** Every take with what the backbone made of it, by the take's id; those that cannot be looked at are left out, as their cards say. */
async function lookAtAll(
  all: readonly Take[],
  learner: Learner,
  signal: AbortSignal,
): Promise<Map<string, Looked>> {
  forgetOthers(all);
  const seen = new Map<string, Looked>();
  for (const [i, take] of all.entries()) {
    learning.value = { state: 'looking', done: i + 1, total: all.length };
    const looked = await lookAt(take, learner);
    signal.throwIfAborted();
    if (looked) seen.set(take.id, looked);
  }
  return seen;
}

function teachTake(take: Take, { features, times, picture }: Looked): TeachTake {
  const id = idOf(take);
  return {
    ...{ features, times, picture, id },
    label: actions.peek().find((one) => one.id === take.action)!.name,
    group: take.group === '' ? id : take.group, // nothing is known of it: each take stands alone
    isHeldOut: take.isTest,
    marks: [...take.marks],
  };
}

function tell(progress: TeachProgress, passes: Pass[]): void {
  if (progress.kind === 'step') {
    const { epoch, epochs } = progress;
    learning.value = { state: 'learning', epoch, epochs, passes: [...passes] };
  }
  if (progress.kind !== 'epoch') return;
  const { row, epochs } = progress;
  if (row.losses['total'] !== undefined)
    // the start has none
    passes.push({ loss: row.losses['total'], accuracy: row.validation?.accuracy ?? null });
  learning.value = { state: 'learning', epoch: row.epoch, epochs, passes: [...passes] };
}

interface Opening {
  seen: ReadonlyMap<string, Looked>;
  wanted: number;
}

async function open(learner: Learner, found: KeptModel['taught'], { seen, wanted }: Opening): Promise<void> {
  const model = await learner.open(found);
  const figures = found.figures?.leftOut ?? found.figures?.heldOut ?? null;
  const answers = new Map<string, Result>();
  const show = (): void =>
    void (taught.value = { model, figures, answers: new Map(answers), revision: wanted });
  show(); // the camera answers at once, takes one after the other
  for (const [id, looked] of seen) answers.set(id, await learner.answer(model, looked, id));
  if (taught.peek()?.model === model) show();
}

/** What was learnt, as the browser keeps it; of a saved file the figures are not known. */
export interface KeptModel {
  /** Of the backbone. */
  identity: string;
  /** What it was learnt from, see {@link lessonText}. */
  lesson: string;
  taught: Omit<Taught, 'figures'> & { figures: Taught['figures'] | null };
}

/** Keeps a model, to be opened again with the page. */
export function keepModel(kept: KeptModel): void {
  void save([{ store: 'taught', key: 'model', value: kept }]);
}

/** What a saved file brought is opened as if it had been learnt here. */
export function openKept(kept: KeptModel): void {
  keepModel(kept);
  tried = -1;
}

/** All that is learnt from, as text: another lesson has another one. */
export function lessonText(): string {
  const names = new Map(actions.peek().map(({ id, name }) => [id, name]));
  const facts = takes
    .peek()
    .map(({ id, action, group, isTest, marks }) => [id, names.get(action), group, isTest, marks]);
  return JSON.stringify(facts);
}

/** The model as the browser keeps it; null where nothing was learnt. */
export async function taughtModel(): Promise<KeptModel['taught'] | null> {
  return taught.peek() ? ((await read<KeptModel>('taught', 'model'))?.taught ?? null) : null;
}

/** Opens what this browser has kept of an earlier visit, where it is of this backbone. */
async function reopen(): Promise<boolean> {
  const learner = ready();
  if (!learner) return false;
  const kept = await read<KeptModel>('taught', 'model');
  if (kept?.identity !== learner.identity || kept.lesson !== lessonText()) return false;
  try {
    learning.value = { state: 'opening', passes: [] };
    const seen = await lookAtAll(takes.peek(), learner, new AbortController().signal);
    await open(learner, kept.taught, { seen, wanted: revision.peek() });
    learning.value = { state: 'idle' };
    return true;
  } catch {
    learning.value = { state: 'idle' };
    return false; // of an older version: it is learnt again
  }
}
