// Bouts of behaviour, and how starts and stops of states become them.

/** A stretch (or, where both are equal, a moment) of behaviour in a media file, in seconds. */
export interface Bout {
  clip: string;
  label: string;
  subject: string;
  startSeconds: number;
  endSeconds: number;
  /** Of the media file, where it is told. */
  durationSeconds?: number | undefined;
  frameRate?: number | undefined;
}

/** One scored event: a moment, or the start or stop of a state. `key` is what a start and its stop share. */
export interface BehaviourEvent {
  key: string;
  seconds: number;
  isPoint: boolean;
}

/**
 * Events as pairs of start and end: moments end where they start, and the events of a state start and stop it in turn.
 * A state that never stops ends at `endSeconds`, or is left out where that is unknown; both are told by `onOpen`.
 */
export function pairedEvents<E extends BehaviourEvent>(
  events: readonly E[],
  endSeconds: number | undefined,
  onOpen: (event: E, isKept: boolean) => void,
): { event: E; startSeconds: number; endSeconds: number }[] {
  const open = new Map<string, E>();
  const bouts: { event: E; startSeconds: number; endSeconds: number }[] = [];
  const sorted = [...events].sort((a, b) => a.seconds - b.seconds);
  for (const event of sorted) {
    const start = open.get(event.key);
    if (event.isPoint) bouts.push({ event, startSeconds: event.seconds, endSeconds: event.seconds });
    else if (!start) open.set(event.key, event);
    else {
      open.delete(event.key);
      bouts.push({ event: start, startSeconds: start.seconds, endSeconds: event.seconds });
    }
  }
  for (const event of open.values()) {
    const isKept = endSeconds !== undefined && endSeconds >= event.seconds;
    if (isKept) bouts.push({ event, startSeconds: event.seconds, endSeconds });
    onOpen(event, isKept);
  }
  return bouts;
}
