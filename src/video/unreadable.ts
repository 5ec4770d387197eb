// Why a video cannot be read, in one line that helps. What the operating system knows is asked
// first; then the first bytes tell a text file or an MP4 without its index from other damage.
import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { WhereWhenError } from '../errors.js';

/** Throws unless `path` is a file that can be opened and holds something, or a folder. Returns which. */
export function checkMedia(path: string): 'file' | 'folder' {
  if (typeof path !== 'string' || path === '')
    throw fault('', 'a path to a video', typeof path === 'string' ? 'an empty path' : typeof path);
  const stats = statOf(path);
  if (stats.isDirectory()) return 'folder';
  if (!stats.isFile()) throw fault(path, 'a video file or a folder of pictures', 'something else');
  if (stats.size === 0) throw fault(path, 'a video file', 'an empty file', 'it holds 0 bytes: copy it again');
  try {
    closeSync(openSync(path, 'r'));
  } catch {
    throw fault(path, 'a video file', 'no permission to read it', 'change its permissions (chmod +r)');
  }
  return 'file';
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES')
      throw fault(path, 'a video file', 'no permission to read it', 'a folder on the way is closed');
    throw fault(path, 'a video file', 'no such file', 'check the path');
  }
}

/** The error for a file that FFmpeg could not open (`reason`) or that has no pictures in it. */
export function explainUnreadable(
  path: string,
  reason?: string,
  { hasSound = false }: { hasSound?: boolean } = {},
): WhereWhenError {
  if (hasSound) return fault(path, 'a video', 'a file with sound and no pictures');
  const boxes = topLevelBoxes(path);
  if (boxes.includes('mdat') && !boxes.includes('moov'))
    return fault(
      path,
      'a video',
      'an MP4 without its index (moov)',
      'the recording or copy was not finished',
    );
  if (isText(path)) return fault(path, 'a video', 'a text file', 'it only bears the name of a video');
  return fault(
    path,
    'a video that FFmpeg can read',
    reason ?? 'a file without pictures',
    'damaged, or not a video',
  );
}

function fault(path: string, expected: string, received: string, hint?: string): WhereWhenError {
  const code = received === 'no such file' ? 'missing' : 'input';
  return new WhereWhenError({ code, path, expected, received, hint });
}

/** Types of the boxes at the top of an MP4, walked by their lengths; empty for any other file. */
function topLevelBoxes(path: string): string[] {
  const types: string[] = [];
  const end = statSync(path).size;
  for (let at = 0; at + 8 <= end && types.length < 64;) {
    const head = readAt(path, at, 16);
    const type = head.toString('latin1', 4, 8);
    if (!/^[\w ]{4}$/.test(type)) break;
    types.push(type);
    const short = head.readUInt32BE(0);
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) break;
    at += length;
  }
  return types[0] === 'ftyp' ? types : [];
}

/** Whether the first bytes are printable and spaces only. */
function isText(path: string): boolean {
  const head = readAt(path, 0, 512).toString('utf8');
  return !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(head.slice(0, -1));
}

function readAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, position));
  } finally {
    closeSync(file);
  }
}
