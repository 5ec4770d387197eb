// Learning from the lesson: each take is looked at once, then all are learnt from, and the camera answers with what was learnt.
// A change of the lesson starts it again by itself, where the reader wants that.
import { effect } from '@preact/signals';
import type { Result } from '../../../src/result.js';
import type { TeachTake } from '../../../src/teach/take.js';
import type { Taught, TeachProgress } from '../../../src/teach/options.js';
import { backbone, findBackbone } from './backbone.js';
import { camera } from './camera.js';
import type { Learner, Looked } from './learner.js';
import { actions, canLearn, isAuto, isComing, isOpen, revision, takes } from './lesson.js';
import { live } from './live.js';
import { forgetOthers, lookAt } from './looking.js';
import { recording } from './recording.js';
import type { Take } from './take.js';
import { idOf } from './takeFacts.js';
import { learning, taught, type Figures, type Pass } from './taught.js';
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
    if (recording.value !== null) onRecording();
    const learner = backbone.value.state === 'ready' ? backbone.value.learner : null;
    if (learner && learner !== last) onBackbone(learner);
    const wanted = revision.value;
    if (!isOpen.value || !learner) return;
    queueMicrotask(() => void lookAhead()); // takes are looked at as they come; it is learning that waits
    if (!isQuiet) return;
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

/** A lesson of what is about to be out of date gives way to the camera. */
function onRecording(): void {
  if (!isAuto.peek() || learning.peek().state !== 'learning') return;
  stopLearning();
  tried = -2;
}

async function onChange(wanted: number): Promise<void> {
  if (!ready()) return; // another network is on its way
  if (tried === -1 && (await reopen())) return void (tried = wanted);
  if (tried === -1) tried = -2; // what is kept is of other takes
  if (!isAuto.peek() || !canLearn.peek() || tried === wanted) return;
  await teachNow();
}

/** Looks at takes and makes a lesson ready before it is asked for: the last take is then waited for alone. */
async function lookAhead(): Promise<void> {
  const learner = ready();
  if (!learner || running) return;
  const abort = (running = new AbortController());
  try {
    for (let i = 0; i < takes.peek().length; i++) {
      const looked = await lookAt(takes.peek()[i]!, learner); // others may come meanwhile
      abort.signal.throwIfAborted();
      if (looked) learner.prepare([looked], canLearn.peek() ? actionsShown() : 0);
    }
  } catch {
    // stopped: a later change looks again
  } finally {
    if (running === abort) running = null;
  }
}

/** Actions that have a take. */
function actionsShown(): number {
  return new Set(takes.peek().map(({ action }) => action)).size;
}

/** Learns now, from the lesson as it is. */
export async function teachNow(): Promise<void> {
  const learner = ready();
  if (!learner) return;
  stopLearning();
  const abort = (running = new AbortController());
  const wanted = (tried = revision.peek());
  const began = performance.now();
  const passes: Pass[] = [];
  let shown: Promise<void> | undefined;
  try {
    learner.prepare([], actionsShown()); // beside looking
    const show = (looked: Looked): void => learner.prepare([looked], 0);
    const seen = await lookAtAll(takes.peek(), learner, { signal: abort.signal, onLooked: show });
    const { identity } = learner;
    const lesson = lessonText();
    const showModel = async (model: Pick<Taught, 'id' | 'config' | 'tensors'>): Promise<void> => {
      abort.signal.throwIfAborted();
      learning.value = { state: 'opening', passes };
      await open(learner, model, { wanted });
      learning.value = { state: 'done', seconds: (performance.now() - began) / 1000, passes };
      keepModel({ identity, lesson, taught: { ...model, figures: null } });
    };
    const onProgress = (progress: TeachProgress): void => {
      if (abort.signal.aborted) return;
      if (progress.kind !== 'model') return tell(progress, passes);
      shown = showModel(progress.model);
      shown.catch(() => undefined); // waited for below
    };
    const learnt = takes.peek().flatMap((take) => {
      const looked = seen.get(take.id);
      return looked ? [teachTake(take, looked)] : [];
    });
    const found = await learner.teach(learnt, { signal: abort.signal, onProgress });
    await (shown ?? showModel(found));
    abort.signal.throwIfAborted();
    keepModel({ identity, lesson, taught: found });
    if (taught.peek()) taught.value = { ...taught.peek()!, figures: figuresOf(found) };
    void answerAll(learner, seen);
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
  { signal, onLooked }: { signal?: AbortSignal; onLooked?: (looked: Looked) => void } = {},
): Promise<Map<string, Looked>> {
  forgetOthers(all);
  const seen = new Map<string, Looked>();
  for (const [i, take] of all.entries()) {
    learning.value = { state: 'looking', done: i + 1, total: all.length };
    const looked = await lookAt(take, learner);
    signal?.throwIfAborted();
    if (!looked) continue;
    onLooked?.(looked);
    seen.set(take.id, looked);
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
  wanted: number;
}

/** The camera answers at once; takes are answered one after the other, by {@link answerAll}. */
async function open(
  learner: Learner,
  found: Pick<Taught, 'id' | 'config' | 'tensors'>,
  { wanted }: Opening,
): Promise<void> {
  const model = await learner.open(found);
  taught.value = { model, answers: new Map(), revision: wanted };
}

/** What the model says of each take. A model that another one has followed is asked no more. */
async function answerAll(learner: Learner, seen: ReadonlyMap<string, Looked>): Promise<void> {
  const now = taught.peek();
  if (!now) return;
  const answers = new Map<string, Result>();
  try {
    for (const [id, looked] of seen) {
      await liveFirst();
      if (taught.peek()?.model !== now.model) return;
      answers.set(id, await learner.answer(now.model, looked, id));
    }
  } catch {
    return; // closed while it answered
  }
  if (taught.peek()?.model === now.model) taught.value = { ...taught.peek()!, answers };
}

/** Milliseconds that a take waits for the camera's next answer. */
const TURN = 3000;

/** Who stands before the camera waits for it: where it is on, its next answer comes before that for a take. */
function liveFirst(): Promise<void> {
  if (camera.peek().state !== 'on') return Promise.resolve();
  return new Promise((resolve) => {
    let isFirst = true; // what is there already
    const end = live.subscribe(() => (isFirst ? (isFirst = false) : go()));
    const timer = setTimeout(() => go(), TURN);
    const go = (): void => {
      clearTimeout(timer);
      end();
      resolve();
    };
  });
}

function figuresOf({ figures }: KeptModel['taught']): Figures | null {
  return figures?.leftOut ?? figures?.heldOut ?? null;
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
    const seen = await lookAtAll(takes.peek(), learner);
    await open(learner, kept.taught, { wanted: revision.peek() });
    taught.value = { ...taught.peek()!, figures: figuresOf(kept.taught) };
    void answerAll(learner, seen);
    learning.value = { state: 'idle' };
    return true;
  } catch {
    learning.value = { state: 'idle' };
    return false; // of an older version: it is learnt again
  }
}
