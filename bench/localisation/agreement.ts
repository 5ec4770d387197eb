// How far up a region reaches, chosen without a box: where the boxes that two scales draw by themselves agree most, beyond
// what the boxes of another clip would. Asked of the clips that the model was trained on; no truth is read.
//
//   kappa = (o - e) / (1 - e)      (Cohen 1960, with IoU in place of equal answers)
//   o = mean IoU of a frame's boxes by the two scales,  e = the same with the second scale's boxes of the clip before
import { join } from 'node:path';
import { AuditedModel, type SeenClip } from '../../src/audit/auditedModel.js';
import { listDataset } from '../../src/dataset/index.js';
import { boxIou } from '../../src/metrics/index.js';
import { answerOf, identityOf } from '../../src/infer/answer.js';
import type { LocalizeChoices } from '../../src/localize/index.js';
import { LossSettings, type ModelConfig } from '../../src/model/index.js';
import type { Box } from '../../src/result.js';
import type { Tensors } from '../../src/tensor.js';
import { DecodePool, type Clip } from '../../src/video/index.js';
import { LEFT_OUT, type Settings } from './models.js';

type Where = NonNullable<LocalizeChoices['where']>;
type Boxes = readonly (Box | null)[];

const thresholds = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const smoothings = [0, 1, 2, 3, 4];

/** What is chosen from: thresholds of the shipped rule under none to four passes of smoothing in time. */
export const candidates: ReadonlyMap<string, Where> = new Map(
  smoothings.flatMap((smoothTime) =>
    thresholds.map((threshold): [string, Where] => [
      `smooth${smoothTime}.above${threshold}`,
      { maps: { attention: 1, featureNorm: 1 }, smoothTime, threshold },
    ]),
  ),
);

/** Agreement of the two scales under each candidate, by the model in `folder`. */
export async function agreementOfScales(
  folder: string,
  { media, weights }: Settings,
): Promise<Record<string, number>> {
  const { clips } = await listDataset(join(media, 'weizmann'), { group: /^([a-z]+)_/ });
  const losses = (): LossSettings => LossSettings.parse({});
  const model = await AuditedModel.open(folder, { backboneFile: weights, seed: 0, losses });
  const pool = new DecodePool();
  const tallies = new Map([...candidates.keys()].map((name) => [name, new Tally()]));
  try {
    for (const { path, label } of clips.filter(({ group }) => !LEFT_OUT.includes(group))) {
      const clip = await pool.readClip(path, model.shape);
      const seen = await model.see(clip, model.config.classes.indexOf(label));
      for (const [name, where] of candidates) {
        const of = (scale: number): Boxes => boxesOfScale(scale, { seen, clip, where, model });
        tallies.get(name)!.add(of(0), of(1));
      }
    }
  } finally {
    await pool.close();
    await model.close();
  }
  return Object.fromEntries([...tallies].map(([name, tally]) => [name, tally.kappa]));
}

/** Boxes by attention and one scale's norms alone. */
function boxesOfScale(
  scale: number,
  { seen, clip, where, model }: { seen: SeenClip; clip: Clip; where: Where; model: AuditedModel },
): Boxes {
  const { scaleNorms, norm, ...rest } = seen.outputs;
  const size = norm!.data.length;
  const own = (scaleNorms!.data as Float32Array).slice(scale * size, (scale + 1) * size);
  const outputs: Tensors = { ...rest, norm: { ...norm!, data: own } };
  const config: ModelConfig = { ...model.config, localize: { where } };
  const identity = identityOf(config, model.id);
  return answerOf(outputs, { config, identity, clip, path: clip.path }).result.frames.map(({ box }) => box);
}

/** Sums over frames. */
class Tally {
  #observed = { sum: 0, frames: 0 };
  #expected = { sum: 0, frames: 0 };
  #before: Boxes | undefined;

  add(fine: Boxes, coarse: Boxes): void {
    fine.forEach((box, t) => {
      tell(this.#observed, box, coarse[t]);
      if (this.#before) tell(this.#expected, box, this.#before[t]);
    });
    this.#before = coarse;
  }

  get kappa(): number {
    const [observed, expected] = [this.#observed, this.#expected].map(({ sum, frames }) => sum / frames) as [
      number,
      number,
    ];
    return (observed - expected) / (1 - expected);
  }
}

function tell(sums: { sum: number; frames: number }, a: Box | null, b: Box | null | undefined): void {
  sums.sum += a && b ? boxIou(a, b) : 0;
  sums.frames++;
}
