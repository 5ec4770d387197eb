// The report of a reproduction: report.json, report.md and the plots beside them.
import { join } from 'node:path';
import { writeAtomically } from '../../atomicFile.js';
import type { WhatReport } from '../../evaluate/reports/reportForm.js';
import { confusionPlot, iouHistogram, precisionRecallPlot, reliabilityPlot } from '../../report/plots.js';
import { markdownOf } from './markdown.js';
import type { Reproduced } from './run.js';
import { summarise, type ReproduceReport } from './summary.js';
import { percent } from '../../percent.js';

type Calibration = WhatReport['calibration'];

/** Writes OUT/report.json, OUT/report.md, OUT/plots/*.svg and, where clips are not at hand, OUT/missing.txt. Throws `output`. */
export async function writeReproduction(out: string, reproduced: Reproduced): Promise<ReproduceReport> {
  const plots = drawn(reproduced.runs);
  for (const { file, svg } of plots) await writeAtomically(join(out, file), svg);
  const missing = [...new Set(reproduced.runs.flatMap(({ outcome }) => outcome.missing))];
  await writeAtomically(join(out, 'missing.txt'), missing.map((name) => `${name}\n`).join(''));
  const report: ReproduceReport = {
    ...summarise(reproduced),
    plots: plots.map(({ file, title, says }) => ({ file, title, says })),
  };
  await writeAtomically(join(out, 'report.md'), markdownOf(report));
  await writeAtomically(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

interface Drawn {
  file: string;
  title: string;
  /** What is to be seen, for those who do not see it. */
  says: string;
  svg: string;
}

function drawn(runs: Reproduced['runs']): Drawn[] {
  const what = runs.map(({ outcome }) => outcome.report.what);
  const confusion = summedConfusion(what.map((one) => one.confusion));
  const plain = summedCalibration(what.map((one) => one.calibration));
  const scaled = what.every((one) => one.scaled)
    ? summedCalibration(what.map((one) => one.scaled!))
    : undefined;
  const curves = runs.map(({ run, outcome }) => ({
    name: run.id,
    points: outcome.precision.map((precision, i) => [i / 100, precision] as const),
  }));
  const ious = runs.flatMap(({ outcome }) => outcome.ious);
  const right = confusion.counts.reduce((sum, row, k) => sum + row[k]!, 0);
  const all = confusion.counts.flat().reduce((sum, count) => sum + count, 0);
  return [
    {
      file: 'plots/confusion.svg',
      title: 'Which class is taken for which',
      says: `${right} of ${all} answers on the diagonal, over ${runs.length} runs`,
      svg: confusionPlot(confusion),
    },
    {
      file: 'plots/reliability.svg',
      title: 'Do probabilities mean what they say?',
      says: `calibration error ${percent(plain.ece)}${scaled ? `, ${percent(scaled.ece)} after the temperatures of validation` : ''}`,
      svg: reliabilityPlot([
        { name: 'as answered', calibration: plain },
        ...(scaled ? [{ name: 'after temperature', calibration: scaled }] : []),
      ]),
    },
    {
      file: 'plots/precision-recall.svg',
      title: 'Precision against recall, over all pairs of clip and class, a line a run',
      says: `precision at half of all recall: ${runs.map(({ outcome }) => percent(outcome.precision[50]!)).join(', ')}`,
      svg: precisionRecallPlot(curves, 1 / confusion.classes.length),
    },
    ...(ious.length > 0 ? [overlaps(ious, runs[0]!.outcome.iousOf)] : []),
  ];
}

function overlaps(ious: readonly number[], noun: string): Drawn {
  const none = ious.filter((iou) => iou === 0).length;
  return {
    file: 'plots/iou.svg',
    title: `Overlap with the truth, ${noun}`,
    says: `${none} of ${ious.length} do not overlap at all`,
    svg: iouHistogram(ious, { noun }),
  };
}

/** Counts of all runs; classes that only some runs have count where they occur. */
function summedConfusion(all: readonly WhatReport['confusion'][]): WhatReport['confusion'] {
  const classes = [...new Set(all.flatMap((one) => one.classes))];
  const counts = classes.map((truth) =>
    classes.map((answer) =>
      all.reduce((sum, one) => {
        const [row, column] = [one.classes.indexOf(truth), one.classes.indexOf(answer)];
        return sum + (one.counts[row]?.[column] ?? 0);
      }, 0),
    ),
  );
  return { classes, counts };
}

/** Bars of all runs put together, and the calibration error of them. */
function summedCalibration(all: readonly Calibration[]): Pick<Calibration, 'ece' | 'bins'> {
  const bins = all[0]!.bins.map(({ low, high }, b) => {
    const own = all.map((one) => one.bins[b]!);
    const count = own.reduce((sum, bin) => sum + bin.count, 0);
    const mean = (key: 'confidence' | 'accuracy') =>
      count === 0 ? null : own.reduce((sum, bin) => sum + bin.count * (bin[key] ?? 0), 0) / count;
    return { low, high, count, confidence: mean('confidence'), accuracy: mean('accuracy') };
  });
  const clips = bins.reduce((sum, { count }) => sum + count, 0);
  const gap = ({ count, confidence, accuracy }: (typeof bins)[number]) =>
    (count / clips) * Math.abs((accuracy ?? 0) - (confidence ?? 0));
  return { bins, ece: bins.reduce((sum, bin) => sum + gap(bin), 0) };
}
