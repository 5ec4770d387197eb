// Findings on the answers themselves: are they learnt, and do boxes and segments beat answers that look at no picture?
import type { EvaluationReport } from '../evaluate/index.js';
import type { Figure } from '../evaluate/reports/reportForm.js';
import { Random } from '../random.js';
import type { AuditFinding, FindingLevel } from './finding.js';
import type { ClipMeasures } from './measureClip.js';
import { percent } from '../percent.js';

const permutations = 1000;

/** Whether the answers are learnt, then WHERE and WHEN where the truth is known. */
export function answerFindings(
  { what, where, when }: EvaluationReport,
  clips: readonly ClipMeasures[],
  seed: number,
): AuditFinding[] {
  const { top1 } = what.figures;
  const shuffled = shuffledLabels(clips, seed);
  const isLearnt = top1.verdict === 'above' && shuffled.p < 0.05;
  return [
    {
      check: 'not-learnt',
      level: isLearnt ? 'pass' : 'fault',
      words: `${percent(top1.value)} of the clips are answered rightly, ${isLearnt ? 'above' : 'not told apart from, or below,'} the best image-blind baseline (${top1.best.name}, ${percent(top1.best.value)}); with labels shuffled the same answers are right in ${percent(shuffled.mean)} (p = ${shuffled.p.toFixed(3)}).${isLearnt ? '' : ' There is nothing to explain.'}`,
      figures: [
        { name: 'top-1', value: top1.value, interval: top1.interval },
        { name: 'top-1 with shuffled labels', value: shuffled.mean },
        { name: 'p of shuffled labels', value: shuffled.p },
      ],
    },
    ...(where
      ? [against('where-trivial', [where.figures['iou0.3'], where.figures.meanIou, where.figures.pointing])]
      : []),
    ...(when ? [against('when-trivial', [when.figures.meanIou, when.figures['recall0.5']])] : []),
  ];
}

/** How often the answers would be right if the labels were dealt out anew: the mean, and how often at least as right as now. */
function shuffledLabels(clips: readonly ClipMeasures[], seed: number): { mean: number; p: number } {
  const random = Random.from(seed, 'audit shuffled labels');
  const labels = clips.map(({ classIndex }) => classIndex);
  const share = (dealt: readonly number[]): number =>
    clips.filter(({ predicted }, i) => predicted === dealt[i]).length / clips.length;
  const own = share(labels);
  const drawn = Array.from({ length: permutations }, () => share(random.shuffle(labels)));
  return {
    mean: drawn.reduce((sum, one) => sum + one, 0) / permutations,
    p: (1 + drawn.filter((one) => one >= own).length) / (permutations + 1), // Phipson and Smyth 2010
  };
}

const levels: Readonly<Record<Figure['verdict'], FindingLevel>> = {
  above: 'pass',
  level: 'warning',
  below: 'fault',
};

/** The worst of several figures against their best image-blind baselines. */
function against(check: AuditFinding['check'], figures: readonly Figure[]): AuditFinding {
  const order: readonly Figure['verdict'][] = ['below', 'level', 'above'];
  const worst = order.find((verdict) => figures.some((one) => one.verdict === verdict))!;
  const text = figures.map(
    ({ name, value, best }) => `${name} ${percent(value)} (${best.name} ${percent(best.value)})`,
  );
  const said = {
    above: 'Each beats every image-blind baseline',
    level: 'Not each is told apart from an image-blind baseline',
    below: 'An image-blind baseline wins',
  }[worst];
  return {
    check,
    level: levels[worst],
    words: `${said}: ${text.join('; ')}.`,
    figures: figures.map(({ name, value, interval }) => ({ name, value, interval })),
  };
}
