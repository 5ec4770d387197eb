// What a take is called outside the page: in what was learnt and in a saved file.
import type { Take } from './take.js';

/** The take's file name in a saved lesson: one of its own for every take, without a path. */
export function idOf({ id, file }: Pick<Take, 'id' | 'file'>): string {
  const end = /\.[a-z0-9]{1,5}$/i.exec(file)?.[0].toLowerCase() ?? '.webm';
  return `${id}${end}`;
}
