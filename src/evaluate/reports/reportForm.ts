// The form of `evaluate --json` and of `metrics.json`: every figure carries its image-blind baselines beside it.
import { z } from 'zod';
import { Box } from '../../result.js';

/** Bounds of a figure by a bootstrap over clips. */
export const IntervalForm = z.object({ low: z.number(), high: z.number(), level: z.number() });

/** How a figure stands to the best image-blind baseline: clearly above, not told apart from it, or below. */
export const Verdict = z.enum(['above', 'level', 'below']);
export type Verdict = z.infer<typeof Verdict>;

/** How a figure stands to a simple baseline, which looks at the pictures as the model does, but is simpler. */
export const SimpleBaseline = z.object({
  name: z.string(),
  value: z.number(),
  lead: z.number(),
  leadInterval: IntervalForm.nullable(),
  verdict: Verdict,
});
export type SimpleBaseline = z.infer<typeof SimpleBaseline>;

/**
 * One figure (0..1, higher is better), what answers that look at no picture reach on the same clips, and the verdict in words.
 * A simple baseline stands apart: the verdict is not about it.
 */
export const Figure = z.object({
  name: z.string(),
  value: z.number(),
  interval: IntervalForm.nullable(),
  trivial: z.record(z.string(), z.number()),
  best: z.object({ name: z.string(), value: z.number() }),
  lead: z.number(),
  leadInterval: IntervalForm.nullable(),
  verdict: Verdict,
  words: z.string(),
  simple: SimpleBaseline.optional(),
  /** Without it the figure is a share; a coefficient (-1..1) is given as it is. */
  unit: z.literal('coefficient').optional(),
});
export type Figure = z.infer<typeof Figure>;

/** Do probabilities mean what they say: expected calibration error (lower is better) and the bars of a reliability plot. */
export const CalibrationForm = z.object({
  ece: z.number(),
  maximum: z.number(),
  nll: z.number(),
  bins: z.array(
    z.object({
      low: z.number(),
      high: z.number(),
      count: z.number().int(),
      confidence: z.number().nullable(),
      accuracy: z.number().nullable(),
    }),
  ),
});

/** The same calibration after the temperature that was fitted on validation clips. */
export const ScaledCalibration = CalibrationForm.extend({ temperature: z.number().positive() });

/** mAP over classes, for clips with several of them: `AP` of each class with a true clip. */
export const ManyLabels = z.object({
  clips: z.number().int(),
  mAP: Figure,
  AP: z.record(z.string(), z.number()),
});

/** WHAT: figures over clips. `confusion.counts[true][predicted]`; `classes` gives its order. */
export const WhatReport = z.object({
  clips: z.number().int(),
  figures: z.object({
    top1: Figure,
    /** Where there are more than five classes. */
    top5: Figure.optional(),
    meanClassAccuracy: Figure,
  }),
  perClass: z.array(
    z.object({ label: z.string(), clips: z.number().int(), accuracy: z.number().nullable() }),
  ),
  calibration: CalibrationForm,
  scaled: ScaledCalibration.optional(),
  manyLabels: ManyLabels.optional(),
  confusion: z.object({ classes: z.array(z.string()), counts: z.array(z.array(z.number().int())) }),
});
export type WhatReport = z.infer<typeof WhatReport>;

/** Which true boxes the box that knows no class is compared with: any of the frame's, or those of the first thing only. */
export const TruthRule = z.enum(['any', 'first']);
export type TruthRule = z.infer<typeof TruthRule>;

/** WHERE class by class, from the actors: `frames` counts each true class of each acting frame. */
export const WhereByClass = z.object({
  clips: z.number().int(),
  frames: z.number().int(),
  figures: z.object({
    place: Figure,
    meanIou: Figure,
    'frameMap0.5': Figure,
    'videoMap0.2': Figure,
    'videoMap0.5': Figure,
  }),
  perClass: z.array(
    z.object({ label: z.string(), frames: z.number().int(), place: z.number(), meanIou: z.number() }),
  ),
});
export type WhereByClass = z.infer<typeof WhereByClass>;

/** WHERE: figures over acting frames. `constantBox` is the fitted trivial box in parts of the picture (0..1). */
export const WhereReport = z.object({
  clips: z.number().int(),
  frames: z.number().int(),
  figures: z.object({
    'iou0.1': Figure,
    'iou0.2': Figure,
    'iou0.3': Figure,
    'iou0.5': Figure,
    meanIou: Figure,
    pointing: Figure,
  }),
  constantBox: z.object({ box: Box, fittedOn: z.enum(['training truth', 'the evaluated clips']) }),
  truthRule: TruthRule.optional(),
  byClass: WhereByClass.optional(),
});
export type WhereReport = z.infer<typeof WhereReport>;

/** WHEN: figures over clips with a true stretch of time. */
export const WhenReport = z.object({
  clips: z.number().int(),
  figures: z.object({
    meanIou: Figure,
    'recall0.3': Figure,
    'recall0.5': Figure,
    'recall0.7': Figure,
    /** Where some clip has several true happenings: temporal detection by the ActivityNet rules. */
    'map0.3': Figure.optional(),
    'map0.5': Figure.optional(),
    'map0.7': Figure.optional(),
    /** On clips of which a part is acting: the share of the weights that lies there, and the IoU of the frames above uniform. */
    weightInside: Figure.optional(),
    keptIou: Figure.optional(),
  }),
});
export type WhenReport = z.infer<typeof WhenReport>;

/** Time that a class takes over all clips: seconds, share of the time, number of bouts and their mean length. */
export const ClassBudget = z.object({
  seconds: z.number(),
  share: z.number(),
  bouts: z.number().int(),
  meanSeconds: z.number(),
});
export type ClassBudget = z.infer<typeof ClassBudget>;

/**
 * Agreement with the scorer, frame by frame over the clips whose truth tells stretches of time. `kappa` is Cohen's, over the
 * sets of classes that are told on a frame, and that of each class by itself; null where chance alone agrees everywhere.
 */
export const AgreementReport = z.object({
  clips: z.number().int(),
  frames: z.number().int(),
  observed: z.number(),
  kappa: z.number().nullable(),
  figures: z.object({ sameFrames: Figure, meanF1: Figure, kappa: Figure.optional() }),
  perClass: z.array(
    z.object({
      label: z.string(),
      kappa: z.number().nullable(),
      precision: z.number().nullable(),
      recall: z.number().nullable(),
      f1: z.number().nullable(),
      scorer: ClassBudget,
      answer: ClassBudget,
    }),
  ),
});
export type AgreementReport = z.infer<typeof AgreementReport>;

/** One figure of two models on the same clips. */
export const PairedFigure = z.object({
  name: z.string(),
  clips: z.number().int(),
  value: z.number(),
  other: z.number(),
  difference: z.number(),
  interval: IntervalForm,
  /** Two-sided, by the paired bootstrap over clips. */
  p: z.number(),
  verdict: z.enum(['better', 'not told apart', 'worse']),
});
export type PairedFigure = z.infer<typeof PairedFigure>;

/** What `evaluate --against` adds to the report. Figures are in 0..1, higher is better. */
export const PairedReport = z.object({
  model: z.string(),
  against: z.string(),
  clips: z.number().int(),
  figures: z.array(PairedFigure),
  words: z.array(z.string()),
});
export type PairedReport = z.infer<typeof PairedReport>;

/** One clip of a report: what was answered, whether that is right (null for an action that the model does not know), how well. */
export const ClipRow = z.object({
  clip: z.string(),
  label: z.string(),
  /** All true classes, where there are several. */
  labels: z.array(z.string()).optional(),
  answer: z.string(),
  probability: z.number(),
  isRight: z.boolean().nullable(),
  /** Of the true class; of several that which is highest. */
  trueProbability: z.number().nullable(),
  meanPoolAnswer: z.string().optional(),
  /** Means over its acting frames. */
  where: z.object({ frames: z.number().int(), meanIou: z.number(), pointing: z.number() }).optional(),
  /** Mean over its true classes. */
  when: z.object({ meanIou: z.number() }).optional(),
  /** The model has seen this very clip: to learn from, or to choose its epoch by. */
  learnt: z.enum(['training', 'validation']).optional(),
});
export type ClipRow = z.infer<typeof ClipRow>;

/** The whole report. `where` and `when` are null without truth. `words` says what a reader must know first. */
export const EvaluationReport = z.object({
  version: z.literal(1),
  protocol: z.string(),
  clips: z.number().int(),
  /** Clips whose action the model does not know: they count for WHERE alone. */
  unknownAction: z.number().int().optional(),
  /** Clips that the model has seen in its training, where it keeps which those are. */
  learnt: z.object({ training: z.number().int(), validation: z.number().int() }).optional(),
  classes: z.array(z.string()),
  what: WhatReport,
  where: WhereReport.nullable(),
  when: WhenReport.nullable(),
  /** Where the truth tells stretches of time. */
  agreement: AgreementReport.optional(),
  against: PairedReport.optional(),
  /** One a clip, in the order in which they were scored. */
  rows: z.array(ClipRow).optional(),
  words: z.array(z.string()),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;
