// The small film of a take: pictures of evenly spaced frames side by side in one JPEG, for its card and for correcting.
import { CanvasSink, type InputVideoTrack } from 'mediabunny';
import { framesOf, openFile, unreadable } from '../../../src/web/openFile.js';
import { fixedRules } from '../../../src/video/sample.js';
import type { Film } from './take.js';
import { texts } from '../words/index.js';

/** Pictures of a film, and the width of one in pixels. */
const PICTURES = 16;
const WIDTH = 320;

/** A film with what it was made of. */
export interface MadeFilm {
  film: Film;
  picture: Blob;
  /** Of the clip. */
  seconds: number;
}

/** Makes the film of a clip. Throws `format` for a file that this browser cannot read. */
export async function filmOfClip(file: File): Promise<MadeFilm> {
  using opened = await openFile(file);
  const { track } = opened;
  const { times: all } = await framesOf(track);
  if (all.length === 0) throw unreadable(file, texts.value.learn.noFrame);
  const times = [...new Set(fixedRules.centred(all.length, PICTURES))].map((index) => all[index]!);
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const canvas = await drawAll(track, times, { width, height });
  return {
    film: { times, width, height },
    picture: await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }),
    seconds: await track.computeDuration(),
  };
}

async function drawAll(
  track: InputVideoTrack,
  times: readonly number[],
  { width, height }: { width: number; height: number },
): Promise<OffscreenCanvas> {
  const cell = { width: WIDTH, height: Math.max(1, Math.round((WIDTH * height) / width)) };
  const canvas = new OffscreenCanvas(cell.width * times.length, cell.height);
  const brush = canvas.getContext('2d')!;
  const sink = new CanvasSink(track, { ...cell, fit: 'fill' });
  let place = 0;
  for await (const one of sink.canvasesAtTimestamps(times.map((time) => time + 1e-6))) {
    if (one) brush.drawImage(one.canvas, cell.width * place, 0);
    place++;
  }
  return canvas;
}
