// The clips below a folder, however it is arranged, found by the names that lists give them: with or without their
// ending, with or without folders, since sets are passed around converted and rearranged.
import { readdir, realpath } from 'node:fs/promises';
import { basename, extname, isAbsolute, join } from 'node:path';
import { inputError, missingError } from '../errors.js';
import { isPictureName, VIDEO_ENDINGS } from '../video/mediaNames.js';
import { nearestNames, stemOf, untimedKey, videoKey } from './videoName.js';

/** A clip that is there: its path below the folder without ending, and where it lies. */
interface ClipPlace {
  stem: string;
  path: string;
}

/** Clips by their names. */
export class ClipIndex {
  readonly folder: string;
  /** Stems of the paths below the folder, with `/` between parts, by their last part. */
  readonly #byName = new Map<string, ClipPlace[]>();
  /** The same by names without a `v_` before them, and by those without the times of a clip behind them. */
  readonly #byKey = new Map<string, ClipPlace[]>();
  readonly #byUntimed = new Map<string, ClipPlace[]>();
  /** Where links led to: one that leads back up is followed once. */
  readonly #followed = new Set<string>();
  #first: string | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Looks through `folder` and all folders in it; a folder of nothing but pictures is a clip. Throws `missing`. */
  static async of(folder: string): Promise<ClipIndex> {
    const index = new ClipIndex(folder);
    try {
      index.#followed.add(await realpath(folder));
      await index.#walk(folder, '');
    } catch (cause) {
      const received = 'nothing that can be listed';
      throw missingError(folder, 'a folder of clips', received, undefined, cause);
    }
    return index;
  }

  /** A name of a clip that is there, for messages. */
  get example(): string | undefined {
    return this.#first;
  }

  /** The names of clips that are spelt most like `name`, for messages. */
  nearest(name: string): string[] {
    return nearestNames(name, [...this.#byName.keys()]);
  }

  /** How many clips there are. */
  get size(): number {
    return [...this.#byName.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * The path of the clip that a list calls `name` (or one of `others`): the file itself, else the one whose path below the
   * folder ends in that name, or the other way round, else the only one of that file name; else the only one that is that
   * video by another way of naming it (`v_ID`, `ID_000007_000017`). Throws `input` where several could be meant.
   */
  find(name: string, others: readonly string[] = []): string | undefined {
    for (const one of [name, ...others]) {
      const found = this.#named(one);
      if (found !== undefined) return found;
    }
    const key = videoKey(name);
    const untimed = untimedKey(key);
    const alike =
      this.#byKey.get(key) ??
      (untimed === undefined ? this.#byUntimed.get(key) : this.#byKey.get(untimed)) ??
      [];
    return this.#only(alike, name);
  }

  #named(name: string): string | undefined {
    const stem = stemOf(name);
    const same = this.#byName.get(basename(stem)) ?? [];
    if (isAbsolute(name)) return same.find(({ path }) => path === name)?.path ?? same[0]?.path;
    const exact = same.find((one) => one.stem === stem);
    if (exact) return exact.path;
    const alike = same.filter((one) => endsIn(one.stem, stem) || endsIn(stem, one.stem));
    return this.#only(alike.length > 0 ? alike : same, name);
  }

  #only(fitting: readonly ClipPlace[], name: string): string | undefined {
    if (fitting.length < 2) return fitting[0]?.path;
    throw inputError(
      this.folder,
      `one clip called ${name}`,
      `${fitting.length}: ${fitting[0]!.stem}, ${fitting[1]!.stem}${fitting.length > 2 ? ', ...' : ''}`,
      'name it with its folder in the list',
    );
  }

  async #walk(folder: string, above: string): Promise<void> {
    const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const seen = entries.filter(({ name }) => !name.startsWith('.'));
    const folders = seen.filter((entry) => !entry.isFile());
    const files = seen.filter((entry) => entry.isFile());
    const clips = files.filter(({ name }) => VIDEO_ENDINGS.includes(extname(name).toLowerCase()));
    const isFrames = clips.length + folders.length === 0 && files.some(({ name }) => isPictureName(name));
    if (isFrames && above !== '') return this.#add(above, folder);
    for (const { name } of clips) this.#add(`${above}${above && '/'}${stemOf(name)}`, join(folder, name));
    for (const entry of folders) {
      const path = join(folder, entry.name);
      // A link may lead to a file, to a folder or nowhere.
      if (entry.isDirectory()) await this.#walk(path, `${above}${above && '/'}${entry.name}`);
      else if (entry.isSymbolicLink()) await this.#follow(path, `${above}${above && '/'}${entry.name}`);
    }
  }

  async #follow(path: string, name: string): Promise<void> {
    const isFolder = await readdir(path).then(
      () => true,
      () => false,
    );
    if (isFolder) {
      const place = await realpath(path);
      if (!this.#followed.has(place)) await this.#walk((this.#followed.add(place), path), name);
    } else if (VIDEO_ENDINGS.includes(extname(path).toLowerCase())) this.#add(stemOf(name), path);
  }

  #add(name: string, path: string): void {
    const stem = name.normalize('NFC'); // some disks give names in the decomposed form
    this.#first ??= stem;
    const place = { stem, path };
    const key = videoKey(stem);
    const untimed = untimedKey(key);
    put(this.#byName, basename(stem), place);
    put(this.#byKey, key, place);
    if (untimed !== undefined) put(this.#byUntimed, untimed, place);
  }
}

function put(places: Map<string, ClipPlace[]>, key: string, place: ClipPlace): void {
  const known = places.get(key);
  if (known) known.push(place);
  else places.set(key, [place]);
}

function endsIn(long: string, short: string): boolean {
  return long.endsWith(`/${short}`);
}
