// A process that takes a lock: `PATH hold` holds it until it is killed; `PATH count FILE TIMES` adds 1 to the number in FILE
// so often, reading and writing it unprotected but for the lock. It prints a line when it holds, and one when it is refused.
import { readFile, writeFile } from 'node:fs/promises';
import { takeLock, whileHeld } from '../../src/lock.js';

const [path = '', what, file = '', times = '0'] = process.argv.slice(2);

async function addOne(): Promise<void> {
  const before = Number(await readFile(file, 'utf8'));
  await writeFile(file, String(before + 1));
}

try {
  if (what === 'hold') {
    await takeLock(path);
    console.log('held');
    setInterval(() => undefined, 1000);
  } else {
    for (let i = 0; i < Number(times); i++) await whileHeld(takeLock(path, { waitSeconds: 60 }), addOne);
    console.log('done');
  }
} catch (error) {
  console.log((error as Error).message);
}
