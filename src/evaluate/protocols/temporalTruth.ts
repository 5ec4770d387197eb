// True segments for the temporal protocols, out of what a set ships: a folder of class files, a JSON file, or the
// folder above them.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inputError, missingError } from '../../errors.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import type { TrueSegment } from '../../metrics/index.js';
import { type DetectionReport } from '../reports/detectionReport.js';
import type { ProtocolRun } from './run.js';
import { trueSegments } from '../../dataset/formats/form.js';
import { type Annotations, type Subset, readerOf } from '../../dataset/index.js';
import { readDurations } from '../../dataset/formats/thumos14.js';

/** What detections are scored against. `classes` are in alphabetical order, as THUMOS text detections number them. */
export interface TemporalTruth {
  /** The file or folder that was read. */
  source: string;
  subset: Subset;
  segments: TrueSegment[];
  classes: string[];
  /** Every video that the annotations tell of, on whatever side. */
  videos: string[];
  /** Seconds of the videos whose length is given. */
  durations: Map<string, number>;
  notes: string[];
}

const CLASS_FILE = /_(test|val)\.txt$/;
const DURATIONS = 'test_durations.txt';

/**
 * Reads the truth of a protocol. `path` is a JSON file of the ActivityNet form, THUMOS14's folder of class files, or
 * a folder that holds one of them; where it holds both, `thumos14` takes the text (only it has the Ambiguous segments)
 * and `activitynet` the JSON. The subset is the test side, or validation where no test segment is given.
 * Throws `WhereWhenError` (missing, format, input).
 */
export async function readTemporalTruth(
  path: string,
  { protocol, subset }: { protocol: DetectionReport['protocol']; subset?: Subset },
): Promise<TemporalTruth> {
  const source = await sourceOf(path, protocol, subset);
  const annotations = await readerOf(source.endsWith('.json') ? 'activitynet' : 'thumos14').read(source);
  const side = subset ?? sideOf(annotations);
  const all = trueSegments(annotations, side);
  const segments = protocol === 'thumos14' ? all : all.filter(({ label }) => label !== AMBIGUOUS);
  if (segments.length === 0) {
    const received = `none on the side ${side}`;
    throw inputError(source, 'true segments', received);
  }
  return {
    source,
    subset: side,
    segments,
    classes: [...new Set(segments.map(({ label }) => label))].filter((label) => label !== AMBIGUOUS).sort(),
    videos: annotations.clips.map(({ clip }) => clip),
    durations: await durationsOf(annotations, source),
    notes: [...annotations.notes, ...notesOn(protocol, all)],
  };
}

function sideOf(annotations: Annotations): Subset {
  return trueSegments(annotations, 'test').length > 0 ? 'test' : 'validation';
}

function notesOn(protocol: DetectionReport['protocol'], all: readonly TrueSegment[]): string[] {
  const hasAmbiguous = all.some(({ label }) => label === AMBIGUOUS);
  if (protocol === 'thumos14' && !hasAmbiguous)
    return ['no Ambiguous segments are given: figures differ from the challenge’s own'];
  if (protocol === 'activitynet' && hasAmbiguous)
    return ['Ambiguous segments are left out: these rules know none'];
  return [];
}

async function sourceOf(
  path: string,
  protocol: DetectionReport['protocol'],
  subset?: Subset,
): Promise<string> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) {
    throw missingError(path, 'annotations of the set: a folder or a JSON file', 'nothing there');
  }
  if (!facts.isDirectory()) return path;
  const names = (await readdir(path)).sort();
  if (names.some((name) => CLASS_FILE.test(name))) return path;
  const side = subset === 'validation' ? 'validation' : 'test';
  const folders = [`temporal_annotations_${side}`].filter((name) => names.includes(name));
  const files = names.filter((name) => name.endsWith('.json'));
  const found = protocol === 'thumos14' ? [...folders, ...files] : [...files, ...folders];
  const isClear = folders.length > 0 ? files.length <= 1 : files.length === 1;
  if (isClear && found[0] !== undefined) return join(path, found[0]);
  throw missingError(
    path,
    'temporal_annotations_test, class files or one JSON file',
    names.slice(0, 5).join(', ') || 'an empty folder',
    'name the file or the folder of class files itself',
  );
}

/** Lengths given by the annotations, or by THUMOS14's list beside them. */
async function durationsOf({ clips }: Annotations, source: string): Promise<Map<string, number>> {
  const given = new Map(
    clips.flatMap(({ clip, durationSeconds }) =>
      durationSeconds === undefined ? [] : [[clip, durationSeconds] as const],
    ),
  );
  const list = join(dirname(source), DURATIONS);
  if (given.size > 0 || !existsSync(list)) return given;
  return readDurations(list);
}

/** The truth of a run, whose notes are told. */
export async function truthOf(
  run: ProtocolRun,
  protocol: DetectionReport['protocol'],
): Promise<TemporalTruth> {
  const truth = await readTemporalTruth(run.annotations, { protocol, subset: run.subset });
  truth.notes.forEach((note) => run.onNote?.(note));
  return truth;
}
