// What a benchmark and all processes that it has started have used, where there is a `/proc`.
import { readdirSync, readFileSync } from 'node:fs';

/** What this process and all that it has started have used: the browser's processes are among them. */
export function treeNow(): { processorSeconds: number; megabytes: number } {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(pid) ?? []);
  const tree = new Set([process.pid]);
  for (const own of tree) for (const { pid, parent } of all) if (parent === own) tree.add(pid);
  const ours = all.filter(({ pid }) => tree.has(pid));
  return {
    processorSeconds: ours.reduce((sum, { ticks }) => sum + ticks, 0) / 100,
    megabytes: Math.round(ours.reduce((sum, { pages }) => sum + pages, 0) / 256),
  };
}

/** Parent, processor ticks (its dead children's too) and resident pages; undefined for a process that has just ended. */
function statOf(name: string): { pid: number; parent: number; ticks: number; pages: number } | undefined {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (field: number): number => Number(fields[field - 3]); // as proc(5) counts them
    return { pid: Number(name), parent: at(4), ticks: at(14) + at(15) + at(16) + at(17), pages: at(24) };
  } catch {
    return undefined;
  }
}
