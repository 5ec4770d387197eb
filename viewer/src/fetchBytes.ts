// A file of the page's own, with progress while it comes.
import { faultOf } from './source.js';

/** Bytes that have come of all that are coming; `total` is 0 where the server does not say. */
export type OnBytes = (done: number, total: number) => void;

/** Fetches the whole of a file. Throws where it is not there, and the signal's reason. */
export async function fetchBytes(
  address: string,
  signal: AbortSignal | undefined,
  onBytes: OnBytes,
): Promise<Uint8Array> {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body)
    throw faultOf(response.status, await response.json().catch(() => undefined));
  const total = Number(response.headers.get('Content-Length') ?? 0);
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    done += step.value.length;
    onBytes(done, total);
  }
  const whole = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
