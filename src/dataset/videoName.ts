// Names of one video as sets, tools and people write them: `ID`, `v_ID`, `ID.mp4`, with folders, in either of Unicode's
// forms, and with the times of a clip behind (`ID_000007_000017`).
import { basename, extname } from 'node:path';
import { VIDEO_ENDINGS } from '../video/mediaNames.js';

/** `Class/v_x` of `Class/v_x.avi`, with `/` between parts, in Unicode's composed form. */
export function stemOf(name: string): string {
  const plain = name.normalize('NFC').replaceAll('\\', '/').replace(/^\.\//, '');
  const ending = extname(plain);
  return VIDEO_ENDINGS.includes(ending.toLowerCase()) ? plain.slice(0, -ending.length) : plain;
}

/** What stays of a name when folders, the ending and a `v_` before the id are taken off: one key a video. */
export function videoKey(name: string): string {
  return basename(stemOf(name)).replace(/^v_(?=.)/, '');
}

/** A name without the times of a clip behind it (`ID` of `ID_000007_000017`); undefined where it has none. */
export function untimedKey(key: string): string | undefined {
  return /^(.+)_\d{6}_\d{6}$/.exec(key)?.[1];
}

/** The `most` names that are spelt most like `name`, nearest first; none where all are far from it. */
export function nearestNames(name: string, known: readonly string[], most = 3): string[] {
  const wanted = videoKey(name).toLowerCase();
  const near = known
    .slice(0, 5000) // a message does not need more
    .map((one) => ({ one, distance: editDistance(wanted, videoKey(one).toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.ceil(wanted.length / 3)));
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ one }) => one);
}

/** Letters to change, take out or put in to make one name of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
