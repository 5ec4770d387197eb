// The lesson on the page: its actions and takes. Every change is shown at once and written behind.
import { computed, signal } from '@preact/signals';
import type { Entry } from './keep.js';
import type { Action, Take } from './take.js';
import { forgetAll, openStorage, read, save } from './writeBehind.js';

interface Facts {
  actions: readonly Action[];
  isAuto: boolean;
  count: number;
}

/** What comes with a take besides its facts. */
export interface TakeParts {
  clip: File;
  film: Blob | null;
}

/** Actions in their order. */
export const actions = signal<readonly Action[]>([]);
/** Takes in the order in which they came. */
export const takes = signal<readonly Take[]>([]);
/** Does it learn by itself after each change? */
export const isAuto = signal(true);
/** Counts up with every change of what is learnt from. */
export const revision = signal(0);
/** Are clips coming in? Learning waits for the last one. */
export const isComing = signal(false);
/** Has the lesson of this browser been read? */
export const isOpen = signal(false);

/** Are there two actions with a take each to learn from? */
export const canLearn = computed(() => {
  const shown = new Set(takes.value.filter(({ isTest }) => !isTest).map(({ action }) => action));
  return shown.size >= 2;
});

let count = 0;

/** Reads what this browser has kept. */
export async function openLesson(): Promise<void> {
  if (isOpen.value) return;
  const keep = await openStorage();
  const facts = await keep?.get<Facts>('lesson', 'facts');
  const found = (await keep?.all<Take>('takes')) ?? new Map<string, Take>();
  if (facts) [actions.value, isAuto.value, count] = [facts.actions, facts.isAuto, facts.count];
  takes.value = [...found.values()].sort((a, b) => placeOf(a.id) - placeOf(b.id));
  isOpen.value = true;
}

/** Adds an action; null where its name is empty or taken. */
export function addAction(name: string): Action | null {
  if (!isFree(name)) return null;
  const action = { id: nextId('action'), name: name.trim() };
  actions.value = [...actions.value, action];
  void keepFacts();
  return action;
}

/** The action of this name, added where there is none; null for an empty name. */
export function actionNamed(name: string): Action | null {
  return actions.value.find((one) => one.name === name.trim()) ?? addAction(name);
}

/** Renames an action. False where the name is empty or taken. */
export function renameAction(id: string, name: string): boolean {
  if (!isFree(name, id)) return false;
  actions.value = actions.value.map((one) => (one.id === id ? { ...one, name: name.trim() } : one));
  void keepFacts();
  revision.value++;
  return true;
}

/** Is a name there, and no other action's? */
export function isFree(name: string, own?: string): boolean {
  const trimmed = name.trim();
  return trimmed !== '' && !actions.value.some((one) => one.name === trimmed && one.id !== own);
}

/** Deletes an action and its takes. */
export function removeAction(id: string): void {
  const gone = takes.value.filter(({ action }) => action === id);
  actions.value = actions.value.filter((one) => one.id !== id);
  takes.value = takes.value.filter(({ action }) => action !== id);
  revision.value++;
  void keepFacts(gone.flatMap((take) => deletionOf(take.id)));
}

/** Adds a take. */
export function addTake(facts: Omit<Take, 'id'>, { clip, film }: TakeParts): Take {
  const take: Take = { ...facts, id: nextId('take') };
  takes.value = [...takes.value, take];
  revision.value++;
  void keepFacts([
    { store: 'takes', key: take.id, value: take },
    { store: 'clips', key: take.id, value: clip },
    ...(film ? [{ store: 'films' as const, key: take.id, value: film }] : []),
  ]);
  return take;
}

/** Changes facts of a take. */
export function changeTake(id: string, change: Partial<Omit<Take, 'id'>>): void {
  takes.value = takes.value.map((one) => (one.id === id ? { ...one, ...change } : one));
  const take = takes.value.find((one) => one.id === id);
  if (!take) return;
  revision.value++;
  void save([{ store: 'takes', key: id, value: take }]);
}

const PARTS = ['clips', 'films', 'features'] as const;

/** Deletes a take; what is returned brings it back. */
export async function removeTake(id: string): Promise<() => void> {
  const place = takes.value.findIndex((one) => one.id === id);
  const take = takes.value[place]!;
  const parts = await Promise.all(
    PARTS.map(async (store) => ({ store, key: id, value: await read(store, id) })),
  );
  takes.value = takes.value.filter((one) => one.id !== id);
  revision.value++;
  void save(deletionOf(id));
  return () => {
    takes.value = takes.value.toSpliced(Math.min(place, takes.value.length), 0, take);
    revision.value++;
    void save([
      { store: 'takes', key: id, value: take },
      ...parts.filter(({ value }) => value !== undefined),
    ]);
  };
}

function deletionOf(key: string): Entry[] {
  return (['takes', ...PARTS] as const).map((store) => ({ store, key }));
}

/** Deletes everything from this browser. */
export async function clearLesson(): Promise<void> {
  [actions.value, takes.value] = [[], []];
  revision.value++;
  await forgetAll();
}

/** Switches learning by itself on or off. */
export function setAuto(value: boolean): void {
  isAuto.value = value;
  void keepFacts();
}

function keepFacts(more: readonly Entry[] = []): Promise<void> {
  const value: Facts = { actions: actions.peek(), isAuto: isAuto.peek(), count };
  return save([...more, { store: 'lesson', key: 'facts', value }]);
}

/** Numbers rise, also over reloads. */
function nextId(kind: string): string {
  return `${kind}-${++count}`;
}

function placeOf(id: string): number {
  return Number(id.split('-').at(-1));
}
