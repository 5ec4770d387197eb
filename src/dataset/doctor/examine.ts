// Looks a data set over before anybody trains on it. It reads every clip once and touches none.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { WhereWhenError } from '../../errors.js';
import { DecodePool } from '../../video/index.js';
import { writeAtomically } from '../../atomicFile.js';
import { clipFindings, corruptFinding, rateFindings } from './clipFindings.js';
import { findCopies, type Looked } from './copies.js';
import { cellsOf, COARSE, hashOf, MOMENTS, movingPicture } from './fingerprint.js';
import type { DoctorReport, DoctorFinding } from './form.js';
import { listFolder, type Listing } from './listing.js';
import { balanceFindings, copyFinding, groupLeaks } from './setFindings.js';

/** Who wants to know how far it is. */
export interface DoctorOptions {
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** What was found, and the listing that it is about. */
export interface Diagnosis {
  report: DoctorReport;
  listing: Listing;
}

/** Examines `folder`: class folders, or `train`, `validation` and `test` folders of them. Throws as {@link listFolder}. */
export async function examine(folder: string, options: DoctorOptions = {}): Promise<Diagnosis> {
  const listing = await listFolder(folder);
  const { looked, findings } = await lookAtAll(listing, options);
  const ill = new Set(findings.flatMap(({ leaveOut }) => leaveOut));
  // A clip that shows nothing is like every other that shows nothing, and no copy.
  const whole = looked.filter(({ clip }) => !ill.has(clip.name));
  findings.push(...(await findCopies(whole)).map(copyFinding));
  findings.push(...groupLeaks(listing.clips));
  findings.push(...rateFindings(whole.map(({ clip, frameRate }) => ({ name: clip.name, frameRate }))));
  findings.push(...balanceFindings(listing));
  const left = new Set(findings.flatMap(({ leaveOut }) => leaveOut));
  const report: DoctorReport = {
    version: 1,
    folder,
    clips: listing.clips.length,
    classes: Object.fromEntries(
      listing.classes.map((label) => [label, listing.clips.filter((clip) => clip.label === label).length]),
    ),
    findings: findings.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning')),
    clean: listing.clips.length - left.size,
    otherFiles: listing.otherFiles,
  };
  return { report, listing };
}

async function lookAtAll(
  { clips }: Listing,
  { onProgress, signal }: DoctorOptions,
): Promise<{ looked: Looked[]; findings: DoctorFinding[] }> {
  const wanted = clips.map(({ path }) => ({
    path,
    options: { frames: MOMENTS, sampling: 'centred', size: COARSE } as const,
  }));
  const looked: Looked[] = [];
  const findings: DoctorFinding[] = [];
  let done = 0;
  for await (const outcome of new DecodePool().readClips(wanted, { signal })) {
    const clip = clips[done]!;
    if ('clip' in outcome) {
      const { info } = outcome.clip;
      const picture = movingPicture(outcome.clip);
      const { frames, frameRate, width, height } = info;
      const cells = cellsOf(picture);
      looked.push({ clip, frames, frameRate, pixels: width * height, cells, hash: hashOf(cells) });
      findings.push(...clipFindings(clip.name, outcome.clip, picture));
    } else if (outcome.error instanceof WhereWhenError) {
      findings.push(corruptFinding(clip.name, outcome.error));
    } else throw outcome.error;
    done++;
    onProgress?.(done, clips.length);
  }
  return { looked, findings };
}

/**
 * Writes the clips that no finding leaves out as a CSV list `clip,label[,subset]` that the reader `csv` takes, with
 * paths relative to the list's folder where they lie below it. Throws `output` when it cannot be written.
 */
export async function writeCleanList(file: string, { report, listing }: Diagnosis): Promise<number> {
  const left = new Set(report.findings.flatMap(({ leaveOut }) => leaveOut));
  const clean = listing.clips.filter(({ name }) => !left.has(name));
  const hasSides = listing.clips.some(({ side }) => side !== undefined);
  const rows = clean.map(({ path, label, side }) => {
    const fields = [pathFrom(resolve(file, '..'), path), label, ...(hasSides ? [side ?? ''] : [])];
    return fields.map(quoted).join(',');
  });
  await writeAtomically(file, `${[hasSides ? 'clip,label,subset' : 'clip,label', ...rows].join('\n')}\n`);
  return clean.length;
}

function pathFrom(folder: string, path: string): string {
  const way = relative(folder, resolve(path));
  const isBelow = !way.startsWith('..') && !isAbsolute(way);
  return (isBelow ? way : resolve(path)).split(sep).join('/');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
