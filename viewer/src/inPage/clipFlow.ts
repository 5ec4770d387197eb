// The flow between all neighbouring frames of a file, for models that look at how the actor moves: every frame is drawn small and
// compared with the one before, 6 to 10 ms each, and between two of them the page goes on.
import { VideoSampleSink } from 'mediabunny';
import { FlowWatcher } from '../../../src/motion/flowWatcher.js';
import { GREY_SIZE, greyPicture } from '../../../src/motion/grey.js';
import type { ClipFlow } from '../../../src/motion/index.js';
import type { PageClip } from '../../../src/web/clipFile.js';
import { openFile } from '../../../src/web/openFile.js';
import { PictureMaker } from '../../../src/web/picture.js';

/** Settings of {@link clipFlow}. */
export interface ClipFlowOptions {
  signal?: AbortSignal;
  /** Frames looked at, of all that will be. */
  onProgress?: (done: number, total: number) => void;
}

/** The flow of a clip that {@link readClipFile} has read. Throws the signal's reason. */
export async function clipFlow(
  file: File,
  { allTimes, info }: Pick<PageClip, 'allTimes' | 'info'>,
  { signal, onProgress }: ClipFlowOptions = {},
): Promise<ClipFlow> {
  const watcher = new FlowWatcher(info, allTimes);
  const wanted = new Set(watcher.indices);
  if (wanted.size === 0) return watcher.finish();
  using opened = await openFile(file);
  const { track } = opened;
  const { matrix } = await track.getColorSpace();
  const maker = new PictureMaker({ size: GREY_SIZE, resize: 'stretch', matrix });
  let [index, done] = [0, 0];
  for await (const sample of new VideoSampleSink(track).samples()) {
    const isShown = sample.timestamp > -1e-6; // as readClipFile counts frames
    if (isShown && wanted.has(index)) {
      watcher.add(index, greyPicture(await maker.make(sample), GREY_SIZE));
      onProgress?.(++done, wanted.size);
      await new Promise((resolve) => setTimeout(resolve));
    }
    sample.close();
    if (isShown) index++;
    signal?.throwIfAborted();
  }
  return watcher.finish();
}
