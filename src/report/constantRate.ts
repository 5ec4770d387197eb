// Frames with true time stamps become frames at a constant rate, as browsers' players and simple encoders want:
// tick j shows the source frame whose time is nearest to j / rate from below, within half a tick.
import type { Frame } from '../video/index.js';

/** What a constant rate needs to know of a source. */
export interface FramePace {
  frameRate: number;
  durationSeconds: number;
}

/** A source frame and the tick it is shown at. A frame may serve several ticks, or none. */
export interface Tick {
  frame: Frame;
  tick: number;
}

/** Ticks 0, 1, 2, ... A source of constant rate gives every frame exactly once. At least one tick where there is a frame. */
export async function* constantRate(
  frames: AsyncIterable<Frame>,
  { frameRate, durationSeconds }: FramePace,
): AsyncGenerator<Tick> {
  let shown: Frame | null = null;
  let tick = 0;
  const isDue = (seconds: number): boolean => (tick + 0.5) / frameRate <= seconds + 1e-6;
  for await (const frame of frames) {
    while (shown && isDue(frame.timeSeconds)) yield { frame: shown, tick: tick++ };
    shown = frame;
  }
  if (!shown) return;
  do yield { frame: shown, tick: tick++ };
  while (isDue(durationSeconds));
}
