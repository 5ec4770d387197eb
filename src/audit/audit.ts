// Is the explanation true? Runs a model over labelled clips, takes away what it highlights, and says what was found.
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { annotatedTruth, recordOf, truthFinder } from '../evaluate/scoreModel.js';
import { evaluationReport, EvaluationReport, type ClipRecord } from '../evaluate/index.js';
import { listDataset, type ClipEntry, type Dataset } from '../dataset/index.js';
import { inputError, WhereWhenError } from '../errors.js';
import { type Truth } from '../truth.js';
import { localizeOptions } from '../localize/index.js';
import { LossChoices } from '../model/losses.js';
import type { LossSettings, ModelConfig } from '../model/index.js';
import { Random } from '../random.js';
import type { RuntimeOptions } from '../runtime/index.js';
import { lossSettings } from '../train/run/programs.js';
import type { Recipe } from '../train/index.js';
import { DecodePool } from '../video/index.js';
import { answerFindings } from './answers.js';
import { AuditedModel } from './auditedModel.js';
import { withClips } from './evidenceClips.js';
import {
  actorFindings,
  maskFindings,
  orderFindings,
  redrawnFindings,
  removalFindings,
  weightFindings,
} from './checks.js';
import { byLevel, AuditFinding, FindingLevel, worstLevel } from './finding.js';
import { measureClip, type ClipMeasures } from './measureClip.js';
import { regulariserFinding } from './regularisers.js';
import { classPlaces, shortcutFinding, type ClassPlaces } from './shortcuts.js';

/** What to audit, and how much of it. */
export interface AuditOptions extends RuntimeOptions {
  model: string;
  data: string;
  /** Boxes and times of the clips. */
  truth?: Truth;
  /** Most clips to look at, spread evenly over the classes. */
  clips?: number;
  seed?: number;
  backboneFile?: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  /** A clip that could not be read; it is left out. */
  onBroken?: (error: WhereWhenError) => void;
}

/** The form of `audit --json`. */
export const AuditReport = z.object({
  version: z.literal(1),
  model: z.object({ id: z.string(), attention: z.string(), backbone: z.string() }),
  data: z.string(),
  clips: z.number().int(),
  broken: z.number().int(),
  seed: z.number().int(),
  verdict: z.object({ level: FindingLevel, words: z.string() }),
  findings: z.array(AuditFinding),
  /** Mean probability of the answer while frames or regions go or come, by order. */
  curves: z.object({
    frames: z.record(z.string(), z.object({ deletion: z.array(z.number()), insertion: z.array(z.number()) })),
    regions: z.record(
      z.string(),
      z.object({ deletion: z.array(z.number()), insertion: z.array(z.number()) }),
    ),
  }),
  /** For each class: tiles of the picture with what their removal costs and how much of the mask lies on them. */
  places: z.array(
    z.object({
      label: z.string(),
      clips: z.number().int(),
      rows: z.number().int(),
      columns: z.number().int(),
      drops: z.array(z.number()),
      shares: z.array(z.number()),
      variation: z.number(),
    }),
  ),
  evaluation: EvaluationReport,
});
/** The form of `audit --json`. */
export type AuditReport = z.infer<typeof AuditReport>;

const usualClips = 120;

/**
 * Audits a model on labelled clips. Throws what reading the model and the data throws, and `input` where fewer than two
 * clips can be read: nothing can be said of one.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { data, truth, seed = 0, signal, onProgress, onBroken } = options;
  const dataset = await listDataset(data);
  const model = await AuditedModel.open(options.model, { ...options, seed, losses: settingsOf });
  try {
    const { classes } = model.config;
    checkLabels(dataset, classes);
    const truthOf = truthFinder(truth, dataset);
    const chosen = spread(dataset.clips, options.clips ?? usualClips, seed);
    const measured: ClipMeasures[] = [];
    const records: ClipRecord[] = [];
    let [done, broken] = [0, 0];
    const wanted = chosen.map(({ path }) => ({ path, options: model.shape }));
    for await (const outcome of new DecodePool().readClips(wanted, { signal })) {
      const entry = chosen[done]!;
      if ('clip' in outcome) {
        const one = await measureClip(model, outcome.clip, {
          name: entry.name,
          label: entry.label,
          classIndex: classes.indexOf(entry.label),
          random: Random.from(seed, 'audit clip', entry.name),
          before: measured.at(-1),
        });
        measured.push(one.measures);
        const known = truthOf(entry) ?? annotatedTruth(entry, one.answer.result);
        records.push(recordOf(entry, one.answer, known));
      } else if (outcome.error instanceof WhereWhenError) {
        broken++;
        onBroken?.(outcome.error);
      } else {
        throw outcome.error;
      }
      done++;
      onProgress?.(done, wanted.length);
    }
    if (measured.length < 2) throw tooFew(data, measured.length);
    return reportOf(model, { measured, records, broken, seed, data });
  } finally {
    await model.close();
  }
}

/** The loss weights that a model was trained with, or those of its form where the folder does not say. */
function settingsOf(config: ModelConfig): LossSettings {
  return lossSettings({
    attention: config.attention,
    backbone: config.backbone,
    losses: askedLosses(config),
  });
}

/** The loss weights that a run was asked for by hand, from the recipe in its `config.json`. */
function askedLosses({ training }: ModelConfig): Partial<LossSettings> {
  const recipe = training?.recipe as Partial<Recipe> | undefined;
  const parsed = LossChoices.safeParse(recipe?.losses ?? {});
  return parsed.success ? parsed.data : {};
}

function reportOf(
  model: AuditedModel,
  {
    measured,
    records,
    broken,
    seed,
    data,
  }: { measured: ClipMeasures[]; records: ClipRecord[]; broken: number; seed: number; data: string },
): AuditReport {
  const { config } = model;
  const { classes, grid, attention } = config;
  const counts = config.training?.classCounts;
  const labels = Array.isArray(counts)
    ? classes.flatMap((label, k) => new Array<string>(Number(counts[k] ?? 0)).fill(label))
    : undefined;
  const evaluation = evaluationReport(records, {
    ...{ classes, seed },
    protocol: basename(resolve(data)),
    training: { labels },
  });
  const isWhenFromWeights =
    !measured[0]!.hasEvidence || localizeOptions(config.localize).when.curve === 'weights';
  const places = classPlaces(measured, { classes, grid, seed });
  const { form } = attention;
  const findings = [
    ...answerFindings(evaluation, measured, seed),
    ...removalFindings(measured, seed),
    ...actorFindings(measured, seed),
    ...orderFindings(measured, seed),
    ...redrawnFindings(measured, seed),
    ...weightFindings(measured, { form, isWhenFromWeights, seed }),
    ...maskFindings(measured, { form, seed }),
    regulariserFinding(measured, { config, settings: settingsOf(config), asked: askedLosses(config) }),
    shortcutFinding(places, classes),
  ];
  return {
    version: 1,
    model: { id: model.id, attention: form, backbone: config.backbone.kind },
    data,
    clips: measured.length,
    broken,
    seed,
    verdict: verdictOf(findings),
    findings: withClips(byLevel(findings), { measured, records, places }),
    curves: {
      frames: meanCurves(measured.map(({ frames }) => frames)),
      regions: meanCurves(measured.map(({ regions }) => regions)),
    },
    places: places.map(shown),
    evaluation,
  };
}

function verdictOf(findings: readonly AuditFinding[]): AuditReport['verdict'] {
  const level = worstLevel(findings);
  const count = (wanted: FindingLevel): number => findings.filter((one) => one.level === wanted).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  if (faults > 0) {
    const also = warnings > 0 ? ` and ${plural(warnings, 'warning')}` : '';
    return { level, words: `Do not trust this explanation yet: ${plural(faults, 'fault')}${also}.` };
  }
  if (warnings > 0) {
    return { level, words: `No fault was found, but ${plural(warnings, 'check')} did not pass.` };
  }
  return { level: 'pass', words: 'Every check that applies was passed.' };
}

function shown({
  label,
  clips,
  rows,
  columns,
  drops,
  shares,
  variation,
}: ClassPlaces): AuditReport['places'][number] {
  return { label, clips, rows, columns, drops, shares, variation };
}

/** Point by point, the mean over the clips that have the order. */
function meanCurves(orders: readonly ClipMeasures['frames'][]): AuditReport['curves']['frames'] {
  const names = [...new Set(orders.flatMap((one) => Object.keys(one)))];
  const mean = (curves: readonly number[][]): number[] =>
    curves[0]!.map((_, i) => curves.reduce((sum, curve) => sum + curve[i]!, 0) / curves.length);
  return Object.fromEntries(
    names.map((name) => {
      const own = orders.flatMap((one) => one[name] ?? []);
      return [
        name,
        {
          deletion: mean(own.map(({ deletion }) => deletion)),
          insertion: mean(own.map(({ insertion }) => insertion)),
        },
      ];
    }),
  );
}

/** At most `count` clips, drawn evenly from the classes, in an order in which classes take turns. */
function spread(clips: readonly ClipEntry[], count: number, seed: number): ClipEntry[] {
  const random = Random.from(seed, 'audit clips');
  const labels = [...new Set(clips.map(({ label }) => label))];
  const pools = labels.map((label) => random.shuffle(clips.filter((clip) => clip.label === label)));
  const longest = Math.max(...pools.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, i) => pools.flatMap((pool) => pool[i] ?? []));
  return turns.flat().slice(0, count);
}

function checkLabels({ classes, folder }: Dataset, known: readonly string[]): void {
  const unmatched = classes.filter((label) => !known.includes(label));
  if (unmatched.length === 0) return;
  throw inputError(folder, `classes of the model (${known.join(', ')})`, unmatched.join(', '));
}

function tooFew(path: string, count: number): WhereWhenError {
  const expected = 'at least two clips that can be read';
  return inputError(path, expected, `${count}`);
}
