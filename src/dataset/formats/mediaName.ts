// The name of a clip out of where a tool says its file lies: an upload, a folder of its machine, a cloud, a web address.
import { extname } from 'node:path';
import { VIDEO_ENDINGS } from '../../video/mediaNames.js';
import type { AnnotatedClip } from './form.js';

/** What a tool puts before the name of an uploaded file. */
const UPLOAD = /^[0-9a-f]{8}-(?=.)/;

/** Where a file's path may stand in an address. */
const IN_QUERY = /[?&](?:d|path|file|filepath|filename)=([^&#]+)/;

/**
 * `clips/bend2.avi` of `s3://bucket/clips/bend2.avi?versionId=3`, `mydata/bend1.avi` of `/data/local-files/?d=mydata/bend1.avi`,
 * `bend1.avi` of `/data/upload/1/3d3ad63e-bend1.avi` (and the uploaded name beside it, as it may be the file's own).
 */
export function mediaName(address: string): Pick<AnnotatedClip, 'clip' | 'alsoNamed'> {
  const hasScheme = /^[a-z][a-z0-9+.-]+:\/\//i.test(address);
  const isServed = hasScheme || address.startsWith('/data/');
  if (!isServed) return { clip: address };
  const inQuery = IN_QUERY.exec(address)?.[1];
  const path = inQuery ?? address.replace(/[?#].*$/, '').replace(/^[a-z][a-z0-9+.-]+:\/\/[^/]*/i, '');
  const plain = decoded(path).replace(/^\/+/, '');
  if (!plain.includes('upload/')) return { clip: plain || address };
  const file = plain.split('/').at(-1)!;
  const own = file.replace(UPLOAD, '');
  return own === file ? { clip: file } : { clip: own, alsoNamed: [file] };
}

/** Whether text looks like the place of a video. */
export function isMedia(text: string): boolean {
  const { clip } = mediaName(text);
  return VIDEO_ENDINGS.includes(extname(clip).toLowerCase());
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a per cent sign that is no code
  }
}
