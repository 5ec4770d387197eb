// One picture of many answers: a row a clip, moments from left to right, mask and box over each, and the
// answer in words beside them. This is what a README or a paper shows.
import type { SKRSContext2D } from '@napi-rs/canvas';
import { writeFile } from 'node:fs/promises';
import type { Result } from '../result.js';
import { openVideo } from '../video/index.js';
import { AnswerPainter } from './answerPainter.js';
import { canvasOf, FONT, newCanvas } from '../video/canvas.js';
import { actorSentences, answerSentence } from '../page/sentences.js';
import { classPlaces, shownSegments } from '../page/actors.js';
import { classColour } from '../page/colours.js';
import type { ReportClip } from './writeReport.js';

/** How large the sheet is, in pixels and pictures. */
export interface SheetOptions {
  columns?: number;
  /** Width of one picture. */
  width?: number;
}

const gap = 4;
const caption = 24;

/**
 * Writes a JPEG of `clips`: predicted boxes, true ones dashed where known, lines under the moments
 * of each class that is said to happen, in its colour.
 */
export async function contactSheet(
  path: string,
  clips: readonly ReportClip[],
  { columns = 8, width = 150 }: SheetOptions = {},
): Promise<void> {
  const heights = clips.map(({ result }) => Math.round((width * result.video.height) / result.video.width));
  const size = {
    width: columns * (width + gap) - gap,
    height: heights.reduce((sum, height) => sum + height + caption + gap, 0),
  };
  const { canvas, brush } = newCanvas(size);
  brush.fillStyle = '#0b1017';
  brush.fillRect(0, 0, size.width, size.height);
  let top = 0;
  for (const [i, clip] of clips.entries()) {
    const cell = { width, height: heights[i]! };
    brush.save();
    brush.translate(0, top);
    await paintRow(brush, clip, columns, cell);
    brush.restore();
    top += cell.height + caption + gap;
  }
  await writeFile(path, canvas.toBuffer('image/jpeg', 88));
}

async function paintRow(
  brush: SKRSContext2D,
  { path, result, truth }: ReportClip,
  columns: number,
  cell: { width: number; height: number },
): Promise<void> {
  brush.fillStyle = '#e8edf4';
  brush.font = `13px "${FONT}"`;
  brush.textBaseline = 'middle';
  const said = [answerSentence(result), ...actorSentences(result).slice(0, 2)];
  brush.fillText(said.join('  '), 4, caption / 2);
  brush.translate(0, caption);
  const painter = new AnswerPainter(result, truth);
  const source = await openVideo(path);
  try {
    const indices = Array.from({ length: columns }, (_, i) =>
      Math.floor(((i + 0.5) * source.info.frames) / columns),
    );
    let column = 0;
    for await (const frame of source.frames({ indices, size: cell })) {
      brush.save();
      brush.translate(column++ * (cell.width + gap), 0);
      brush.drawImage(canvasOf(frame.data, cell), 0, 0);
      painter.paint(brush, frame.timeSeconds, cell, { opacity: 0.55, unit: 1.2 });
      underline(brush, acting(result, frame.timeSeconds), cell);
      brush.restore();
    }
  } finally {
    await source.close();
  }
}

/** Colours of the classes that are said to happen at this time; the best one's where the answer tells no times. */
function acting(result: Result, seconds: number): string[] {
  const places = classPlaces(result);
  const shown = shownSegments(result);
  if (shown.length === 0) return [classColour(0)];
  const now = shown.filter((one) => seconds >= one.startSeconds && seconds <= one.endSeconds);
  return [...new Set(now.map(({ label }) => places.get(label)!))].sort((a, b) => a - b).map(classColour);
}

/** One line below a picture, shared by the colours. */
function underline(
  brush: SKRSContext2D,
  colours: readonly string[],
  cell: { width: number; height: number },
): void {
  const width = cell.width / colours.length;
  colours.forEach((colour, i) => {
    brush.fillStyle = colour;
    brush.fillRect(i * width, cell.height, width, 3);
  });
}
