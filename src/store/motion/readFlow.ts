// The flow of all neighbouring frames of a video, read one picture at a time: memory holds two small pictures and what
// is kept of each pair, 9.6 kB, however long the video is.
import { usageError } from '../../errors.js';
import { FlowWatcher, MOST_PAIRS } from '../../motion/flowWatcher.js';
import { flowWarnings } from '../../motion/clipFlow.js';
import { GREY_SIZE, greyPicture } from '../../motion/grey.js';
import type { ClipFlow } from '../../motion/index.js';
import type { VideoSource } from '../../video/index.js';

/** Which pairs of frames to look at. */
export interface ReadFlowOptions {
  /** Of more pairs than this, the middle one of each of so many equal parts is taken. Default {@link MOST_PAIRS}. */
  mostPairs?: number;
  /** Only frames `start` .. `end - 1`. */
  range?: { start: number; end: number };
  signal?: AbortSignal;
}

/** The flow of a clip and what is said of how it was read. */
export interface FlowOfClip {
  flow: ClipFlow;
  /** Neighbouring pairs that the clip has; `flow.frames` says which of them were looked at. */
  pairs: number;
  /** One sentence a finding: those of the video, pairs that were passed over, cuts. */
  warnings: string[];
}

/**
 * Reads the flow of an open video, in decoded order. A clip of one frame has none. Frames that change size are all
 * stretched to one. Throws a WhereWhenError (`usage`) where the options make no sense.
 */
export async function readFlow(
  source: VideoSource,
  { mostPairs = MOST_PAIRS, range, signal }: ReadFlowOptions = {},
): Promise<FlowOfClip> {
  const { info, times } = source;
  const [start, end] = [range?.start ?? 0, Math.min(range?.end ?? info.frames, info.frames)];
  check(mostPairs, start, end);
  const watcher = new FlowWatcher(info, times, { range: { start, end }, mostPairs });
  const { indices, pairs } = watcher;
  if (indices.length > 0)
    for await (const frame of source.frames({ size: GREY_SIZE, indices, signal }))
      watcher.add(frame.index, greyPicture(frame.data, frame));
  const flow = watcher.finish();
  return { flow, pairs, warnings: [...source.warnings, ...flowWarnings(flow, pairs)] };
}

function check(mostPairs: number, start: number, end: number): void {
  const isGoodRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end > start;
  const isGoodCount = Number.isInteger(mostPairs) && mostPairs >= 1;
  if (isGoodRange && isGoodCount) return;
  throw usageError(
    isGoodRange ? 'motion.mostPairs' : 'motion.range',
    isGoodRange ? 'a whole number of at least 1' : 'frames of the video, the end after the start',
    isGoodRange ? `${mostPairs}` : `${start} to ${end}`,
  );
}
