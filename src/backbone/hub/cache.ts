// The hub's own cache on disk, so that weights which another tool has fetched are found and ours are found by it:
// `models--OWNER--NAME/blobs/HASH`, and `snapshots/COMMIT/FILE` as links into it, `refs/main` holding the commit.
import { copyFile, link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ownerMark } from '../../owner.js';
import type { HubModel } from './catalogue.js';
import type { Environment } from '../../environment.js';

/** Where the cache lies: `HF_HUB_CACHE`, `HF_HOME/hub`, or the user's cache folder. */
export function hubCache(environment: Environment = process.env): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment;
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  return join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'), 'hub');
}

/** The folder of one repository in the cache. */
export function repositoryFolder({ repository }: HubModel, environment?: Environment): string {
  return join(hubCache(environment), `models--${repository.replaceAll('/', '--')}`);
}

/** The cached weight file, if it is there. */
export async function findCached(model: HubModel, environment?: Environment): Promise<string | undefined> {
  const folder = repositoryFolder(model, environment);
  const commit = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => undefined);
  if (commit === undefined) return undefined;
  const path = join(folder, 'snapshots', commit.trim(), model.file);
  return (await isFile(path)) ? path : undefined;
}

/** Puts a whole blob under its commit, and returns its path there. The reference comes last: it makes the file seen. */
export async function keepBlob(folder: string, blob: string, commit: string, file: string): Promise<string> {
  const path = join(folder, 'snapshots', commit, file);
  await mkdir(dirname(path), { recursive: true });
  if (!(await isFile(path))) {
    await rm(path, { force: true }); // a link to a blob that was removed
    const target = join(folder, 'blobs', blob);
    await symlink(join('..', '..', 'blobs', blob), path)
      .catch(() => link(target, path)) // systems without symbolic links
      .catch(() => copyFile(target, path));
  }
  const reference = join(folder, 'refs', 'main');
  await mkdir(dirname(reference), { recursive: true });
  const temporary = `${reference}.${ownerMark()}.tmp`;
  await writeFile(temporary, commit);
  await rename(temporary, reference);
  return path;
}

/** Whether a file (or a link to one) is there. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
