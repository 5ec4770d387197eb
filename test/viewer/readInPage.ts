// The page that reads clips for the tests of all readers: the viewer's own reader, called from the outside.
import { readClipFile, type PageClipShape } from '../../src/web/clipFile.js';

const read = async (address: string, shape: PageClipShape) => {
  const file = new File([await (await fetch(address)).blob()], address);
  const { frames, allTimes, indices, info, missingFrames, warnings } = await readClipFile(file, shape);
  return { pixels: Array.from(frames), times: Array.from(allTimes), indices, info, missingFrames, warnings };
};

/** Size, and the colour in the middle, of what `<video>` shows of a file: what the readers are held against. */
const shown = async (address: string) => {
  const video = Object.assign(document.createElement('video'), { muted: true, src: address });
  await new Promise((resolve) => {
    video.requestVideoFrameCallback(resolve);
    void video.play();
  });
  video.pause();
  const [width, height] = [video.videoWidth, video.videoHeight];
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(video, 0, 0);
  const middle = context.getImageData(width >> 1, height >> 1, 1, 1).data;
  return { width, height, middle: Array.from(middle.slice(0, 3)) };
};

Object.assign(globalThis, { readers: { read, shown } });
