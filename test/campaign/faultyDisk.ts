// Loaded before a command (`node --import`): a disk that is slow or full, or a clock that jumps, as WHEREWHEN_FAULT says.
// The functions of Node are changed in their place, so that the command itself is the one that users run.
import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/random.js';

const [fault, amount = '0'] = (process.env.WHEREWHEN_FAULT ?? '').split(':');
const below = process.env.WHEREWHEN_FAULT_BELOW ?? '';
const random = Random.from(1, 'faulty disk');
let left = Number(amount);

/** Every open file below the folder is written slowly, or until `amount` bytes are written. */
function breakDisk(write: (bytes: number) => Promise<void>): void {
  const open = fs.promises.open.bind(fs.promises);
  fs.promises.open = async (path: PathLike, ...rest: [flags?: string | number, mode?: fs.Mode]) => {
    const file = await open(path, ...rest);
    if (!String(path).startsWith(below)) return file;
    const writeFile = file.writeFile.bind(file);
    file.writeFile = async (data, ...more) => {
      await write((data as Uint8Array | string).length);
      return writeFile(data, ...more);
    };
    return file;
  };
}

function jumpingClock(): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + Math.round(random.uniform(-1, 1) * 3600e3);
}

if (fault === 'slow') breakDisk(() => sleep(Number(amount)));
if (fault === 'full')
  breakDisk(async (bytes) => {
    left -= bytes;
    if (left < 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
if (fault === 'clock') jumpingClock();
syncBuiltinESMExports();
