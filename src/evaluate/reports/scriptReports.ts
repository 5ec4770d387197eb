// The reports of the two protocols of the paper's released scripts: their counting, the answers that look at no
// picture beside it, and what it is worth in words. Without a model the image-blind baselines stand alone.
import { z } from 'zod';
import type { Box } from '../../result.js';
import type { ProtocolFacts } from '../protocols/facts.js';
import { thumosScript, type ThumosScriptClip } from '../../metrics/thumosScript.js';
import { ucf24Script, type ScriptFrame } from '../../metrics/ucf24Script.js';
import { percent } from '../../percent.js';

const ScriptFigure = z.object({
  threshold: z.number(),
  value: z.number().nullable(),
  published: z.number().nullable(),
  trivial: z.record(z.string(), z.number()),
  best: z.object({ name: z.string(), value: z.number() }),
  verdict: z.enum(['above', 'level', 'below']).nullable(),
});

/**
 * The JSON form of `evaluate --protocol ucf101-24-script | thumos14-script`. Figures are in 0..1, those of the paper
 * too; `value` is null where no answers were scored. `counted` says what `items` are. `iou` are temporal IoUs of kept
 * frames, which the scripts do not compute.
 */
export const ScriptReport = z.object({
  version: z.literal(1),
  protocol: z.string(),
  counted: z.enum(['frames', 'clips']),
  items: z.number().int(),
  videos: z.number().int(),
  thresholds: z.array(ScriptFigure),
  iou: z.array(z.object({ threshold: z.number(), value: z.number() })).optional(),
  words: z.array(z.string()),
});
export type ScriptReport = z.infer<typeof ScriptReport>;

/** `ucf101-24-script` on the sampled frames of the test videos; `predicted` gives a box in pixels at 320 x 240. */
export function ucf24ScriptReport(
  protocol: ProtocolFacts,
  frames: readonly ScriptFrame[],
  predicted?: (frame: ScriptFrame) => Box | null,
): ScriptReport {
  const summary = ucf24Script(frames, predicted ?? (() => null));
  const thresholds = summary.thresholds.map(({ threshold, share, trivial }, t) =>
    figure(threshold, predicted ? share : null, protocol.published[t], trivial),
  );
  return {
    version: 1,
    protocol: protocol.name,
    counted: 'frames',
    items: summary.frames,
    videos: new Set(frames.map(({ video }) => video)).size,
    thresholds,
    words: inWords(protocol, thresholds),
  };
}

/** `thumos14-script` on cut clips; `hasAnswers` false: only how many frames each has counts, every class taken as told. */
export function thumosScriptReport(
  protocol: ProtocolFacts,
  clips: readonly ThumosScriptClip[],
  { videos, hasAnswers }: { videos: number; hasAnswers: boolean },
): ScriptReport {
  const summary = thumosScript(clips);
  const thresholds = summary.thresholds.map(({ threshold, scriptRecall, trivial }, t) =>
    figure(threshold, hasAnswers ? scriptRecall : null, protocol.published[t], trivial),
  );
  return {
    version: 1,
    protocol: protocol.name,
    counted: 'clips',
    items: summary.clips,
    videos,
    thresholds,
    ...(hasAnswers && {
      iou: summary.thresholds.map(({ threshold, keptIou }) => ({ threshold, value: keptIou })),
    }),
    words: inWords(protocol, thresholds),
  };
}

function figure(
  threshold: number,
  value: number | null,
  published: number | undefined,
  trivial: Record<string, number>,
): ScriptReport['thresholds'][number] {
  const [name, reached] = Object.entries(trivial).reduce((a, b) => (b[1] > a[1] ? b : a));
  const verdict =
    value === null
      ? null
      : value > reached
        ? ('above' as const)
        : value < reached
          ? ('below' as const)
          : ('level' as const);
  const paper = published === undefined ? null : published / 100;
  return { threshold, value, published: paper, trivial, best: { name, value: reached }, verdict };
}

function inWords({ caution }: ProtocolFacts, thresholds: ScriptReport['thresholds']): string[] {
  const lost = thresholds.filter(({ verdict }) => verdict === 'below' || verdict === 'level');
  const beaten = thresholds.filter(({ published, best }) => published !== null && best.value >= published);
  const words = [`This is ${caution}.`];
  for (const { threshold, value, best, verdict } of lost) {
    const stands =
      verdict === 'below' ? 'an image-blind baseline wins' : 'an image-blind baseline is as good';
    words.push(`At ${threshold}: ${percent(value!)}; ${stands}: ${best.name} (${percent(best.value)}).`);
  }
  if (beaten.length > 0) {
    const at = beaten.map(({ threshold }) => threshold).join(', ');
    words.push(`The paper's own figure is reached by an image-blind baseline at ${at}.`);
  }
  return words;
}
