// Detections beside the truth that they are scored against: one video may bear two names (`v_ID` and `ID`), and what is of
// another side, another set or another class must not pass as a figure of nothing without a word.
import { inputError, WhereWhenError } from '../../errors.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import type { TemporalDetection } from '../../metrics/index.js';
import { nearestNames, videoKey } from '../../dataset/videoName.js';
import type { TemporalTruth } from './temporalTruth.js';

/**
 * Detections with their videos named as the truth names them. Those of videos that the annotations do not know are counted
 * and named, as are those of another side, videos without a detection and classes without a true segment. Throws `input`
 * where not one detection is of a video, or of a class, that is scored.
 */
export function matchedDetections(
  detections: readonly TemporalDetection[],
  { segments, videos, subset }: Pick<TemporalTruth, 'segments' | 'videos' | 'subset'>,
  path: string,
): { detections: TemporalDetection[]; notes: string[] } {
  const names = new Set([...videos, ...segments.map(({ video }) => video)]);
  const byKey = new Map([...names].map((name) => [videoKey(name), name]));
  const matched = detections.map((one) => ({
    ...one,
    video: names.has(one.video) ? one.video : (byKey.get(videoKey(one.video)) ?? one.video),
  }));
  const scored = new Set(segments.map(({ video }) => video));
  const of = (list: readonly TemporalDetection[]): string[] => [...new Set(list.map(({ video }) => video))];
  const unknown = matched.filter(({ video }) => !names.has(video));
  const elsewhere = matched.filter(({ video }) => names.has(video) && !scored.has(video));
  const known = matched.filter(({ video }) => scored.has(video));
  if (known.length === 0) throw noMatch(path, of(matched), [...scored]);
  const labels = new Set(segments.map(({ label }) => label).filter((label) => label !== AMBIGUOUS));
  const strange = known.filter(({ label }) => !labels.has(label));
  if (strange.length === known.length) throw otherClasses(path, known[0]!.label, [...labels]);
  const answered = new Set(of(known));
  const unseen = [...scored].filter((video) => !answered.has(video));
  return {
    detections: matched,
    notes: [
      ...told(
        unknown.length,
        'detections are of videos that the annotations do not know, and count as false',
        of(unknown),
      ),
      ...told(
        elsewhere.length,
        `detections are of videos without a true segment on the side ${subset}`,
        of(elsewhere),
      ),
      ...told(strange.length, 'detections are of classes without a true segment', [
        ...new Set(strange.map(({ label }) => label)),
      ]),
      ...told(unseen.length, 'videos have no detection', unseen),
    ].map((note) => `${path}: ${note}`),
  };
}

function told(count: number, what: string, names: readonly string[]): string[] {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return count === 0 ? [] : [`${count} ${what}: ${names.slice(0, 5).join(', ')}${more}`];
}

function noMatch(path: string, found: readonly string[], scored: readonly string[]): WhereWhenError {
  const near = found.length > 0 ? nearestNames(found[0]!, scored) : [];
  return inputError(
    path,
    `detections of the videos that are scored, as "${scored[0] ?? 'none'}"`,
    found.length > 0 ? `only of others, as "${found[0]}"` : 'none at all',
    near.length > 0 ? `the nearest names are ${near.join(', ')}` : undefined,
  );
}

function otherClasses(path: string, found: string, known: readonly string[]): WhereWhenError {
  return inputError(
    path,
    `detections of the classes that are scored, as "${known[0] ?? 'none'}"`,
    `only of others, as "${found}"`,
  );
}
