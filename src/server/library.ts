// The clips that are served, by ids that are no paths: what a request names is looked up here and nowhere on the
// disk, so no form of `..` leads anywhere. A clip whose real place lies outside the given folder is left out.
import { createHash } from 'node:crypto';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { framesOfFolder } from '../dataset/contentHash.js';
import { isClipPath } from '../dataset/clips.js';
import { listDataset } from '../dataset/index.js';
import { writeError } from '../atomicFile.js';
import { readTruth } from '../evaluate/index.js';
import type { Truth, TruthClip } from '../truth.js';
import { inputError, missingError } from '../errors.js';
import { ownValue } from '../ownValue.js';
import type { ClipListEntry, ClipList } from './api.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** A clip that is served. */
export interface ServedClip {
  id: string;
  path: string;
  /** `class/file` in a data set, the file's name elsewhere. */
  name: string;
  label: string | null;
}

/** The clips of one folder, and those that were uploaded. */
export class Library {
  readonly #clips = new Map<string, ServedClip>();
  readonly #leftOut: { path: string; reason: string }[] = [];
  #classes: string[] = [];
  /** Settles when every clip is listed; rejects with what listing threw. */
  readonly ready: Promise<void>;
  #truth: Truth | undefined;

  private constructor(
    readonly folder: string | null,
    list: (library: Library) => Promise<void>,
  ) {
    this.ready = list(this);
    this.ready.catch(() => undefined); // told to whoever waits for it
  }

  /**
   * Lists `folder`: class folders with clips, or clips alone. `truth` defaults to a `truth.json` in it.
   * `notes` are told what was mended of it. Throws `missing`, and `input` where it holds no clip. After `patience`
   * seconds (0: at once) it is handed out all the same and listing goes on behind it: see `ready`.
   */
  static async open(
    folder: string | null,
    truth?: string,
    notes?: string[],
    patience = Infinity,
  ): Promise<Library> {
    const library = new Library(folder, async (own) => {
      if (folder !== null) await own.#read(folder, truth, notes);
    });
    if (patience <= 0) return library;
    const waited = patience === Infinity ? [] : [sleep(1000 * patience, undefined, { ref: false })];
    await Promise.race([library.ready, ...waited]);
    return library;
  }

  async #read(folder: string, truth?: string, notes?: string[]): Promise<void> {
    await this.#list(folder);
    const own = join(folder, 'truth.json');
    const file = truth ?? ((await isThere(own)) ? own : undefined);
    this.#truth = file === undefined ? undefined : await readTruth(file, notes);
  }

  get size(): number {
    return this.#clips.size;
  }

  clips(): IterableIterator<ServedClip> {
    return this.#clips.values();
  }

  /** The clip of an id. Throws `missing`. */
  clip(id: string): ServedClip {
    const clip = this.#clips.get(id);
    if (clip) return clip;
    throw missingError(`clips/${id}`, 'a clip that is served');
  }

  /** What is true of a clip, where it is known; the truth file may name it from a folder above. */
  truthOf({ name }: ServedClip): TruthClip | null {
    const clips = this.#truth?.clips;
    if (!clips) return null;
    return ownValue(clips, name) ?? ownValue(clips, `${basename(this.folder ?? '')}/${name}`) ?? null;
  }

  list(): ClipList {
    const clips = [...this.#clips.values()];
    return {
      classes: this.#classes,
      ids: clips.map(({ id }) => id),
      names: clips.map(({ name }) => name),
      labels: clips.map(({ label }) => (label === null ? -1 : this.#classes.indexOf(label))),
      leftOut: this.#leftOut,
    };
  }

  /** Takes a clip in; one of the same name gets another id. */
  add(path: string, name: string): ClipListEntry {
    const clip = { id: idOf(`${name}\n${path}`), path, name, label: null };
    this.#clips.set(clip.id, clip);
    return { id: clip.id, name, label: -1 };
  }

  /** Takes a clip out of the list, and says why. */
  leaveOut({ id, name }: ServedClip, reason: string): void {
    this.#clips.delete(id);
    this.#leftOut.push({ path: name, reason });
  }

  async #list(folder: string): Promise<void> {
    const root = await realpath(folder).catch((cause: unknown) => {
      throw missingError(folder, 'a folder of clips', 'nothing there', undefined, cause);
    });
    const found = (await hasClassFolders(folder)) ? await this.#dataset(folder) : await this.#flat(folder);
    for (const clip of found) {
      const place = await realpath(clip.path);
      if (await isInside(root, place)) this.#clips.set(clip.id, clip);
      else this.#leftOut.push({ path: clip.name, reason: 'a link out of the folder' });
    }
    if (this.#clips.size > 0) return;
    const received = this.#leftOut.length > 0 ? 'only links out of it' : 'none';
    throw inputError(folder, 'clips in the folder', received);
  }

  async #dataset(folder: string): Promise<ServedClip[]> {
    const { classes, clips, leftOut } = await listDataset(folder);
    this.#classes = classes;
    this.#leftOut.push(
      ...leftOut.map(({ path, reason }) => ({
        path: path.slice(folder.length).replace(/^[/\\]/, ''),
        reason,
      })),
    );
    return clips.map(({ path, name, label }) => ({ id: idOf(name), path, name, label }));
  }

  async #flat(folder: string): Promise<ServedClip[]> {
    const found: ServedClip[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const path = join(folder, name);
      if (name.startsWith('.')) continue;
      if (await isClipPath(path, await isFolder(path)))
        found.push({ id: idOf(name), path, name, label: null });
    }
    return found;
  }
}

/** A key for what is made of a clip: another file of the same name has another one. Throws `output`-like faults as `missing`. */
export async function cacheKey({ path }: ServedClip): Promise<string> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw missingError(basename(path), 'a clip', 'nothing there any more', undefined, cause);
  });
  return idOf([await realpath(path), facts.size, facts.mtimeMs].join('\n'), 24);
}

/** Are there folders with clips in them, one a class? A folder of pictures is a clip and no class. */
async function hasClassFolders(folder: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(failRead(folder))) {
    const path = join(folder, name);
    if (name.startsWith('.') || !(await isFolder(path))) continue;
    if ((await framesOfFolder(path)).length === 0) return true;
  }
  return false;
}

function failRead(folder: string): (cause: unknown) => never {
  return (cause) => {
    throw writeError(folder, cause);
  };
}

/** A folder of frames must keep all of its pictures inside too. */
async function isInside(root: string, place: string): Promise<boolean> {
  const isBelow = (path: string): boolean => path.startsWith(root.endsWith(sep) ? root : root + sep);
  if (!isBelow(place)) return false;
  if (!(await isFolder(place))) return true;
  for (const name of await framesOfFolder(place))
    if (!isBelow(await realpath(join(place, name)))) return false;
  return true;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function idOf(text: string, digits = 12): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
