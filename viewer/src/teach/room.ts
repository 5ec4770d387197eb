// How much room the browser gives, and whether it has agreed not to clear it.
import { signal } from '@preact/signals';

/** Bytes used and allowed, as the browser tells them; null where it does not. */
export interface Room {
  used: number | null;
  quota: number | null;
  /** Has the browser agreed not to clear it when space runs out? */
  isPersistent: boolean;
}

/** As last looked at. */
export const room = signal<Room>({ used: null, quota: null, isPersistent: false });

/** Looks again. */
export async function measureRoom(): Promise<void> {
  const { usage = null, quota = null } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  const isPersistent = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  room.value = { used: usage, quota, isPersistent };
}

/** Asks the browser to keep what is here; browsers decide by themselves or ask the reader. */
export async function askToStay(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false);
  await measureRoom();
}

/** "12 MB", "1.4 GB". */
export function bytesText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
