// A report's rows: what was answered on each clip and what is true of it, one row a clip.
import { predictedClass } from '../../metrics/classification.js';
import { whereScores } from '../../metrics/spatial.js';
import { mean } from '../../metrics/mean.js';
import type { ClipRecord } from '../record.js';
import type { ClipRow, TruthRule } from './reportForm.js';
import { actionScores } from './whenReport.js';
import { actingFrames } from './whereReport.js';

/** One row a record, in their order. */
export function clipRows(
  records: readonly ClipRecord[],
  { classes, truthRule }: { classes: readonly string[]; truthRule: TruthRule },
): ClipRow[] {
  return records.map((record) => {
    const { clip, label, labels = [label], probabilities, meanPool, learnt } = record;
    const known = labels.filter((one) => classes.includes(one));
    const isKnown = known.length > 0;
    const best = predictedClass(probabilities);
    const where = whereScores(actingFrames(record, truthRule));
    const when = actionScores(record);
    return {
      ...{ clip, label },
      ...(labels.length > 1 && { labels: [...labels] }),
      ...{ answer: classes[best]!, probability: probabilities[best]! },
      isRight: isKnown ? known.includes(classes[best]!) : null,
      trueProbability: isKnown
        ? known.reduce((most, one) => Math.max(most, probabilities[classes.indexOf(one)]!), 0)
        : null,
      ...(meanPool && { meanPoolAnswer: classes[predictedClass(meanPool)]! }),
      ...(where.length > 0 && {
        where: {
          frames: where.length,
          meanIou: mean(where.map(({ iou }) => iou)),
          pointing: mean(where.map(({ isHit }) => (isHit ? 1 : 0))),
        },
      }),
      ...(isKnown && when.length > 0 && { when: { meanIou: mean(when) } }),
      ...(learnt && { learnt }),
    };
  });
}
