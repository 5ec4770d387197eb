// From the bytes of a text file to its text: UTF-8, UTF-16, GB18030 or Latin-1, found by decoding strictly. A wrong
// guess would turn two classes into one or give them strange names, so what is none of these is refused.
import { formatError } from '../../errors.js';

/** Text and the encoding that it was found to have. */
export interface Decoded {
  text: string;
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252';
}

/**
 * Decodes text strictly. Byte order marks decide; then UTF-8, UTF-16 (every other byte of plain letters is 0), GB18030
 * (what Chinese Windows saves) and Latin-1 as Windows has it. Throws `format` where none of them fits.
 */
export function decodeText(bytes: Uint8Array, path: string): Decoded {
  const marked = bySign(bytes);
  const encoding = marked ?? (isStrict(bytes, 'utf-8') ? 'utf-8' : legacyOf(bytes));
  const text = encoding && strictly(bytes, encoding);
  if (encoding && text !== undefined) return { text: text.replace(/^\uFEFF/, ''), encoding };
  throw formatError(
    path,
    'text in UTF-8, UTF-16, GB18030 or Latin-1',
    'bytes of another encoding',
    'save the file as UTF-8',
  );
}

function bySign(bytes: Uint8Array): Decoded['encoding'] | undefined {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 64);
  const zeros = (from: number): number => head.filter((byte, i) => i % 2 === from && byte === 0).length;
  if (head.length < 4 || !head.includes(0)) return undefined;
  if (zeros(1) > head.length / 4 && zeros(0) === 0) return 'utf-16le';
  return zeros(0) > head.length / 4 && zeros(1) === 0 ? 'utf-16be' : undefined;
}

function strictly(bytes: Uint8Array, encoding: Decoded['encoding']): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isStrict(bytes: Uint8Array, encoding: Decoded['encoding']): boolean {
  return strictly(bytes, encoding) !== undefined;
}

/** Bytes of 0x80 and above, with what follows the last of them: an accent between plain letters, or Chinese. */
function legacyOf(bytes: Uint8Array): Decoded['encoding'] | undefined {
  const runs = highRuns(bytes);
  if (isStrict(bytes, 'gb18030') && looksChinese(bytes, runs)) return 'gb18030';
  // Languages in Latin-1 seldom have three letters with marks in a row: longer runs are Cyrillic, Greek, Japanese, ...
  const long = runs.filter(([from, to]) => to - from > 2).length;
  return long * 4 <= runs.length ? 'windows-1252' : undefined;
}

function highRuns(bytes: Uint8Array): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue;
    const from = i;
    while (i < bytes.length && bytes[i]! >= 0x80) i++;
    runs.push([from, i]);
  }
  return runs;
}

/** Most pairs are common characters (GB2312 level 1 and its punctuation) or stand in a run of two characters or more. */
function looksChinese(bytes: Uint8Array, runs: readonly [number, number][]): boolean {
  let [good, bad] = [0, 0];
  for (const [from, to] of runs) {
    for (let i = from; i < to; i += 2) {
      const [lead, trail] = [bytes[i]!, bytes[i + 1] ?? 0];
      const isCommon = lead >= 0xa1 && lead <= 0xd7 && trail >= 0xa1;
      if (isCommon || to - from >= 4) good++;
      else bad++;
    }
  }
  return good > bad;
}
