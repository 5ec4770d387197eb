// The labels of one clip while they are changed: a draft with undo, kept in the browser's storage until it is saved,
// so that closing the page loses nothing, and saved upon the revision that was read, so that two tabs do not
// overwrite each other without a word.
import { signal } from '@preact/signals';
import { z } from 'zod';
import { ClipLabels, TruthClip, type ClipInfo } from '../../../src/server/api.js';
import { ask, Fault } from '../source.js';
import { texts } from '../words/index.js';

/** What the browser keeps of a change that is not saved. */
const Kept = z.object({ revision: z.string(), truth: TruthClip.nullable(), at: z.number() });

const prefix = (): string => `wherewhen:labels:${location.pathname}:`;

/** Labels that this browser keeps for the page, by the clip's id. */
export function keptLabels(): Map<string, TruthClip> {
  const found = new Map<string, TruthClip>();
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(prefix())) continue;
      const kept = Kept.safeParse(JSON.parse(localStorage.getItem(key)!));
      if (kept.success && kept.data.truth) found.set(key.slice(prefix().length), kept.data.truth);
    }
  } catch {
    // forbidden, or not ours
  }
  return found;
}

/** The labels of one open clip. */
export class LabelBook {
  /** What stands on the page; null: nothing is labelled. */
  readonly draft = signal<TruthClip | null>(null);
  /** What was read or saved last. */
  readonly saved = signal<ClipLabels>({ revision: '', truth: null });
  /** What somebody else saved in between. */
  readonly conflict = signal<ClipLabels | null>(null);
  readonly isSaving = signal(false);
  readonly fault = signal('');
  /** What is saved and what was kept are read, or cannot be: a change before that would go over them. */
  readonly isOpen = signal(false);
  /** When the restored change was made, milliseconds since 1970. */
  readonly restored = signal<number | null>(null);
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);
  /** The browser could not keep the draft: closing the page would lose it. */
  readonly isUnkept = signal(false);
  #past: (TruthClip | null)[] = [];
  #future: (TruthClip | null)[] = [];
  readonly #key: string;

  constructor(readonly info: ClipInfo) {
    this.#key = `${prefix()}${info.id}`;
  }

  get isDirty(): boolean {
    return JSON.stringify(this.draft.value) !== JSON.stringify(this.saved.value.truth);
  }

  /** Reads what is saved, and a change that an earlier page did not save. */
  async open(abort: AbortSignal): Promise<void> {
    const labels = await ask(this.#path, ClipLabels, { signal: abort });
    this.saved.value = labels;
    this.draft.value = labels.truth;
    const kept = this.#kept();
    if (!kept || JSON.stringify(kept.truth) === JSON.stringify(labels.truth)) return this.#forget();
    this.#set(kept.truth);
    this.restored.value = kept.at;
    if (kept.revision !== labels.revision) {
      this.conflict.value = labels; // the change was made upon an older revision
      this.saved.value = { ...labels, revision: kept.revision };
    }
  }

  /** Changes the draft; the change can be undone. */
  edit(truth: TruthClip | null): void {
    this.#past.push(this.draft.value);
    this.#future = [];
    this.#set(truth);
  }

  undo(): void {
    if (this.#past.length === 0) return;
    this.#future.push(this.draft.value);
    this.#set(this.#past.pop()!);
  }

  redo(): void {
    if (this.#future.length === 0) return;
    this.#past.push(this.draft.value);
    this.#set(this.#future.pop()!);
  }

  /** Back to what is saved; the draft can be brought back by undo. */
  discard(): void {
    this.restored.value = null;
    this.edit(this.saved.value.truth);
  }

  /** Saves the draft. A refusal as stale leaves it untouched and shows the other in `conflict`. */
  async save(): Promise<void> {
    this.isSaving.value = true;
    this.fault.value = '';
    try {
      const body: ClipLabels = { revision: this.saved.value.revision, truth: this.draft.value };
      const saved = await ask(this.#path, ClipLabels, { method: 'PUT', body });
      const isUnchanged = JSON.stringify(this.draft.value) === JSON.stringify(body.truth);
      this.saved.value = saved;
      if (isUnchanged && saved.notes) this.#set(saved.truth); // what the server cut at the edge of the picture
      this.restored.value = null;
      this.conflict.value = null;
      if (this.isDirty) this.#keep();
      else this.#forget();
    } catch (error) {
      if (error instanceof Fault && error.current) this.conflict.value = error.current;
      else this.fault.value = texts.value.labels.notSaved((error as Error).message);
    } finally {
      this.isSaving.value = false;
    }
  }

  /** Somebody else saved this clip. Without a change of ours theirs is taken; with one both are offered. */
  async changedElsewhere(revision: string): Promise<void> {
    if (revision === this.saved.value.revision || this.isSaving.value) return;
    const labels = await ask(this.#path, ClipLabels).catch(() => null);
    if (!labels || labels.revision === this.saved.value.revision) return;
    if (this.isDirty) this.conflict.value = labels;
    else this.#take(labels);
  }

  /** Ends a conflict by taking what the other saved; ours can be brought back by undo. */
  takeTheirs(): void {
    if (!this.conflict.value) return;
    this.#past.push(this.draft.value);
    this.#take(this.conflict.value);
  }

  /** Ends a conflict by saving ours over theirs. */
  async keepMine(): Promise<void> {
    if (!this.conflict.value) return;
    this.saved.value = this.conflict.value;
    this.conflict.value = null;
    await this.save();
  }

  get #path(): string {
    return `clips/${this.info.id}/labels.json`;
  }

  #take(labels: ClipLabels): void {
    this.saved.value = labels;
    this.conflict.value = null;
    this.restored.value = null;
    this.#set(labels.truth);
  }

  #set(truth: TruthClip | null): void {
    this.draft.value = truth;
    this.canUndo.value = this.#past.length > 0;
    this.canRedo.value = this.#future.length > 0;
    if (this.isDirty) this.#keep();
    else this.#forget();
  }

  #keep(): void {
    const kept = { revision: this.saved.value.revision, truth: this.draft.value, at: Date.now() };
    try {
      localStorage.setItem(this.#key, JSON.stringify(kept));
      this.isUnkept.value = false;
    } catch {
      this.isUnkept.value = true; // full, or forbidden
    }
  }

  #forget(): void {
    this.isUnkept.value = false;
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // forbidden: nothing is kept there either
    }
  }

  #kept(): z.infer<typeof Kept> | null {
    try {
      return Kept.parse(JSON.parse(localStorage.getItem(this.#key) ?? ''));
    } catch {
      return null;
    }
  }
}
