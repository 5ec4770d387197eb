// The parts of a take that are kept beside its facts: its clip, and its small film as an address.
import type { Take } from './take.js';
import { read } from './writeBehind.js';

/** The clip of a take; undefined where the browser has lost it. */
export async function clipOf({ id, file }: Pick<Take, 'id' | 'file'>): Promise<File | undefined> {
  const clip = await read<Blob>('clips', id);
  if (!clip) return undefined;
  return clip instanceof File ? clip : new File([clip], file, { type: clip.type });
}

const films = new Map<string, Promise<string | null>>();

/** The address of a take's film, made once; null where it has none. */
export function filmOf({ id }: Pick<Take, 'id'>): Promise<string | null> {
  let address = films.get(id);
  if (!address) {
    address = read<Blob>('films', id).then((blob) => (blob ? URL.createObjectURL(blob) : null));
    films.set(id, address);
  }
  return address;
}
