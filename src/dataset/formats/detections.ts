// Detections of others, to be scored without a model of ours: ActivityNet's `results` JSON, or THUMOS text lines
// `video start end class score` with 1-based class numbers.
import { z } from 'zod';
import type { TemporalDetection } from '../../metrics/index.js';
import { numeric, startAndEnd } from './activitynet.js';
import { soundDetections } from './sound.js';
import { checkOrder, lineFault, linesOf, numberAt, readJson, readText } from './text.js';

const DetectionFile = z.object({
  results: z.record(
    z.string(),
    z.array(z.object({ label: z.string(), score: numeric, segment: startAndEnd })),
  ),
});

/**
 * Reads detections by the file's ending: `.json`, else text. `classes` give the class numbers of the text form
 * (THUMOS14: its twenty classes in alphabetical order, from 1). `notes` are told what was mended.
 */
export async function readDetections(
  path: string,
  classes: readonly string[],
  notes?: string[],
): Promise<TemporalDetection[]> {
  const isJson = path.toLowerCase().endsWith('.json');
  const read = await (isJson ? readJsonDetections(path) : readTextDetections(path, classes));
  const { detections, notes: mended } = soundDetections(read, path);
  notes?.push(...mended);
  return detections;
}

async function readJsonDetections(path: string): Promise<TemporalDetection[]> {
  const { results } = await readJson(path, DetectionFile);
  return Object.entries(results).flatMap(([video, found]) =>
    found.map(({ label, score, segment: [startSeconds, endSeconds] }) => ({
      video,
      label,
      score,
      startSeconds,
      endSeconds,
    })),
  );
}

async function readTextDetections(path: string, classes: readonly string[]): Promise<TemporalDetection[]> {
  return linesOf(await readText(path)).map(({ text, number: line }) => {
    const fields = text.split(/\s+/);
    if (fields.length !== 5) throw lineFault(path, line, 'video, start, end, class and score', text);
    const [startSeconds, endSeconds, k, score] = ['start', 'end', 'class', 'score'].map((what, i) =>
      numberAt(fields[i + 1], path, line, what),
    ) as [number, number, number, number];
    checkOrder(startSeconds, endSeconds, path, line);
    const label = classes[k - 1];
    if (label === undefined) throw lineFault(path, line, `a class in 1..${classes.length}`, String(k));
    return { video: fields[0]!, label, score, startSeconds, endSeconds };
  });
}
