// Where `serve` keeps answers, strips and uploads unless it is told: in the user's own cache folder, one folder for each
// folder of clips. The clips' folder itself is written to only where labels are saved.
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Environment } from '../environment.js';

/** The cache of the clips in `data`, by its real place: two ways to a folder share one. */
export async function cacheFolder(
  data: string,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const place = await realpath(data).catch(() => resolve(data));
  const mark = createHash('sha256').update(place).digest('hex').slice(0, 12);
  const name = basename(place).replaceAll(/[^\w.-]/g, '_') || 'clips';
  return join(userCache(environment, platform), 'wherewhen', 'serve', `${name}-${mark}`);
}

function userCache({ XDG_CACHE_HOME, LOCALAPPDATA }: Environment, platform: NodeJS.Platform): string {
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (platform === 'win32') return LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
