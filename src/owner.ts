// Which process made a file. A process id alone says little: another machine, or another container, that writes to the same
// folder has ids of its own. So a process is its id within a space of ids (one boot of one machine, one container) and,
// where the system tells it, the moment at which it began.
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, as it is written into a lock. */
export interface Owner {
  /** The machine's name, for people. */
  host: string;
  /** Eight hex digits: process ids of the same space can be compared. */
  space: string;
  pid: number;
  /** When it began, in ticks since the boot; null where the system does not say. */
  began: string | null;
}

let own: Owner | undefined;

/** This process. */
export function thisOwner(): Owner {
  own ??= { host: hostname(), space: spaceOf(hostname()), pid: process.pid, began: beganOf(process.pid) };
  return own;
}

/** What a temporary file of this process bears in its name: `SPACE-PID`. */
export function ownerMark(): string {
  const { space, pid } = thisOwner();
  return `${space}-${pid}`;
}

/** Whether a process has ended; `unknown` where only its own machine could tell. */
export function stateOf({
  space,
  pid,
  began = null,
}: Pick<Owner, 'space' | 'pid'> & Partial<Owner>): OwnerState {
  if (space !== thisOwner().space) return 'unknown';
  if (!isAlive(pid)) return 'gone';
  if (began === null) return 'unknown';
  return beganOf(pid) === began ? 'alive' : 'gone'; // its id was given to another process
}

/** What is known of a process. */
export type OwnerState = 'alive' | 'gone' | 'unknown';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

function spaceOf(host: string): string {
  const boot = told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const container = told(() => readlinkSync('/proc/self/ns/pid'));
  const facts = [host, boot ?? '', container ?? ''];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 8);
}

/** The 22nd field of Linux's `stat`; the second is a name in brackets that may hold blanks. */
function beganOf(pid: number): string | null {
  const line = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function told(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null; // no such file on this system
  }
}
