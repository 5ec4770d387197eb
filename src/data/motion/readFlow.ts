// The flow of all neighbouring frames of a video, read one picture at a time: memory holds two small pictures and what
// is kept of each pair, 9.6 kB, however long the video is.
import { WhereWhenError } from '../../errors.js';
import {
  DenseFlow,
  FlowRecorder,
  flowWarnings,
  GREY_SIZE,
  greyPicture,
  isCut,
  type ClipFlow,
} from '../../motion/index.js';
import { centredIndices, type VideoSource } from '../../video/index.js';

/** More neighbouring pairs than this are not looked at. */
export const MOST_PAIRS = 600;

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
  const total = end - start - 1;
  const firsts = pairStarts(total, mostPairs).map((first) => start + first);
  const { width, height } = GREY_SIZE;
  const recorder = new FlowRecorder(info, { width: width >> 1, height: height >> 1 });
  const dense = new DenseFlow(GREY_SIZE);
  const isFirst = new Set(firsts);
  const indices = [...new Set(firsts.flatMap((first) => [first, first + 1]))];
  let last = -1;
  if (firsts.length > 0)
    for await (const frame of source.frames({ size: GREY_SIZE, indices, signal })) {
      if (frame.index !== last + 1) dense.restart();
      const first = (last = frame.index) - 1;
      const flow = dense.next(greyPicture(frame.data, frame));
      if (!flow || !isFirst.has(first)) continue;
      const [startSeconds, endSeconds] = [times[first]!, frame.timeSeconds];
      recorder.add(flow, { frame: first, startSeconds, endSeconds, isCut: isCut(dense.fit()) });
    }
  const flow = recorder.finish();
  return { flow, pairs: total, warnings: [...source.warnings, ...flowWarnings(flow, total)] };
}

/** First frames of the pairs that are looked at, of `total` pairs. */
function pairStarts(total: number, most: number): number[] {
  if (total > most) return centredIndices(total, most);
  return Array.from({ length: total }, (_, i) => i);
}

function check(mostPairs: number, start: number, end: number): void {
  const isGoodRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end > start;
  const isGoodCount = Number.isInteger(mostPairs) && mostPairs >= 1;
  if (isGoodRange && isGoodCount) return;
  throw new WhereWhenError({
    code: 'usage',
    path: isGoodRange ? 'motion.mostPairs' : 'motion.range',
    expected: isGoodRange ? 'a whole number of at least 1' : 'frames of the video, the end after the start',
    received: isGoodRange ? `${mostPairs}` : `${start} to ${end}`,
  });
}
