// From measured clips to findings on the explanation itself: does the answer hang on what is highlighted, do the maps
// hang on what was learnt, do weights and masks say anything?
import { bootstrapInterval, type ConfidenceInterval } from '../metrics/index.js';
import type { AttentionSettings } from '../model/index.js';
import { Random } from '../random.js';
import type { AuditFigure, AuditFinding, FindingLevel } from './finding.js';
import type { ClipMeasures } from './measureClip.js';
import { area } from './orders.js';
import type { Orders, Removal } from './perturbations.js';
import { percent } from '../percent.js';

/** A mean over clips with its interval. */
export interface Mean {
  value: number;
  interval: ConfidenceInterval;
}

/** The mean of a number over clips, with a bootstrap interval over clips. */
export function meanOver(values: readonly number[], seed: number): Mean {
  const mean = (drawn: Int32Array): number =>
    drawn.reduce((sum, clip) => sum + values[clip]!, 0) / drawn.length;
  const all = Int32Array.from({ length: values.length }, (_, i) => i);
  const random = Random.from(seed, 'audit interval');
  return { value: mean(all), interval: bootstrapInterval(values.length, mean, { random }) };
}

/** `0.123 (0.100 to 0.150)`. */
export function inWords({ value, interval }: Mean, digits = 3): string {
  return `${value.toFixed(digits)} (${interval.low.toFixed(digits)} to ${interval.high.toFixed(digits)})`;
}

/** A smaller difference in probability matters to nobody, however sure it is; ours. */
const leastDifference = 0.01;

/** A difference whose interval lies above 0 passes where it is no trifle, below 0 is a fault, and is not shown in between. */
export function levelOf({ value, interval }: Mean): FindingLevel {
  if (interval.low > 0) return value < leastDifference ? 'warning' : 'pass';
  return interval.high < 0 ? 'fault' : 'warning';
}

const ending: Record<FindingLevel, string> = {
  pass: '',
  note: '',
  warning: ' That is within chance or a trifle: the answer is not shown to hang on it.',
  fault: ' The explanation points the wrong way.',
};

/** Does taking away what is highlighted change the answer more than taking away as much of something else? */
export function removalFindings(clips: readonly ClipMeasures[], seed: number): AuditFinding[] {
  const one = (
    check: AuditFinding['check'],
    of: (clip: ClipMeasures) => Removal,
    [highlighted, others]: [string, string],
  ): AuditFinding => {
    const mine = meanOver(
      clips.map((clip) => of(clip).highlighted),
      seed,
    );
    const theirs = meanOver(
      clips.map((clip) => of(clip).others),
      seed,
    );
    const difference = meanOver(
      clips.map((clip) => of(clip).highlighted - of(clip).others),
      seed,
    );
    const level = levelOf(difference);
    return {
      check,
      level,
      words: `Without ${highlighted} the probability of the answer falls by ${mine.value.toFixed(3)}, without ${others} by ${theirs.value.toFixed(3)}: difference ${inWords(difference)}.${ending[level]}`,
      figures: [
        figure('fall without the highlighted', mine),
        figure('fall without the others', theirs),
        figure('difference', difference),
      ],
    };
  };
  return [
    one('when-not-causal', (clip) => clip.frameRemoval, [
      'the quarter of the frames that WHEN ranks highest',
      'as many of the others',
    ]),
    one('where-not-causal', (clip) => clip.regionRemoval, [
      'the tenth of each frame that WHERE ranks highest',
      'the same shapes elsewhere in the picture',
    ]),
  ];
}

/** Does the answer of a head that looks at the actor hang on the actor's place, and on the motion? Nothing for other heads. */
export function actorFindings(clips: readonly ClipMeasures[], seed: number): AuditFinding[] {
  const falls = (of: (clip: ClipMeasures) => number | undefined): Mean | undefined => {
    const values = clips.flatMap((clip) => {
      const left = of(clip);
      return left === undefined ? [] : [clip.probability - left];
    });
    return values.length > 0 ? meanOver(values, seed) : undefined;
  };
  const parts = [
    { part: "the whole picture in the actor's place", fall: falls((clip) => clip.withoutPlace) },
    { part: 'no motion', fall: falls((clip) => clip.withoutMotion) },
  ].flatMap(({ part, fall }) => (fall ? [{ part, fall, level: levelOf(fall) }] : []));
  if (parts.length === 0) return [];
  const said = parts.map(({ part, fall }) => `with ${part} by ${inWords(fall)}`).join(', ');
  const unsure = parts.filter(({ level }) => level !== 'pass');
  const rest = unsure.map(({ part }) => part).join(' and ');
  return [
    {
      check: 'actor-not-causal',
      level: unsure.length === parts.length ? 'warning' : unsure.length > 0 ? 'note' : 'pass',
      words: `The probability of the answer falls ${said}.${rest ? ` The answer is not shown to hang on what is lost with ${rest}.` : ''}`,
      figures: parts.map(({ part, fall }) => figure(`fall with ${part}`, fall)),
    },
  ];
}

/** What an order gains over another: less area under deletion, more under insertion, in probability. */
export function gainOver(orders: Orders, rival: string): number | undefined {
  const [own, other] = [orders['map']!, orders[rival]];
  if (!other) return undefined;
  return area(other.deletion) - area(own.deletion) + (area(own.insertion) - area(other.insertion));
}

/** Insertion and deletion curves against the other orders. */
export function orderFindings(clips: readonly ClipMeasures[], seed: number): AuditFinding[] {
  const one = (
    check: AuditFinding['check'],
    of: (clip: ClipMeasures) => Orders,
    what: string,
    main: string,
  ): AuditFinding => {
    const rivals = [...new Set(clips.flatMap((clip) => Object.keys(of(clip))))].filter(
      (name) => name !== 'map',
    );
    const gains = rivals.map((name) => {
      const values = clips.flatMap((clip) => gainOver(of(clip), name) ?? []);
      return { name, gain: meanOver(values, seed) };
    });
    const own = gains.find(({ name }) => name === main)!.gain;
    const unbeaten = gains.filter(({ name, gain }) => name !== main && gain.interval.low <= 0);
    const level = levelOf(own);
    const rest = unbeaten.map(({ name, gain }) => `${ORDER_WORDS[name]} (${inWords(gain)})`);
    return {
      check,
      level: level === 'pass' && unbeaten.length > 0 ? 'warning' : level,
      words: `Area between the curves of ${what} and of ${ORDER_WORDS[main]}, insertion and deletion together: ${inWords(own)}.${ending[level]}${rest.length > 0 ? ` Not told apart from, or worse than: ${rest.join(', ')}.` : ''}`,
      figures: gains.map(({ name, gain }) => figure(`gain over ${ORDER_WORDS[name]}`, gain)),
    };
  };
  return [
    one('when-order', (clip) => clip.frames, 'the order of WHEN', 'random'),
    one('where-order', (clip) => clip.regions, 'the order of WHERE', 'elsewhere'),
  ];
}

/** How an order is called in sentences. */
export const ORDER_WORDS: Readonly<Record<string, string>> = {
  map: "the model's own order",
  random: 'random order',
  elsewhere: 'the same shapes elsewhere',
  middle: 'the middle of the clip first',
  centre: 'the centre of the picture first',
  'another clip': "another clip's map",
};

/** Above this mean rank correlation the map of redrawn weights is the same map; ours, as the test by Adebayo et al. 2018 names none. */
const sameMap = 0.8;

/**
 * Do maps hang on what was learnt (the model randomisation test of Adebayo et al. 2018)? A backbone that was trained along
 * is redrawn too: its features alone may show the place. Where it is frozen only the head was learnt, and a map that
 * label-free maps are mixed into may be right without it: a warning.
 */
export function redrawnFindings(clips: readonly ClipMeasures[], seed: number): AuditFinding[] {
  const parts = (['head', 'whole'] as const).filter((part) => clips[0]!.redrawn[part]);
  const rows = parts.flatMap((part) =>
    (['where', 'when'] as const).map((map) => ({
      part,
      name: `${map.toUpperCase()} ${PART_WORDS[part]}`,
      mean: meanOver(
        clips.map(({ redrawn }) => redrawn[part]![map]),
        seed,
      ),
    })),
  );
  const judged = parts.at(-1)!;
  const same = rows.filter(({ part, mean }) => part === judged && mean.value > sameMap);
  const all = rows.map(({ name, mean }) => `${name} ${mean.value.toFixed(2)}`).join(', ');
  const level = same.length === 0 ? 'pass' : judged === 'whole' ? 'fault' : 'warning';
  const said = {
    pass: 'Weights drawn anew give other maps.',
    fault: `Weights drawn anew give the same map (${same.map(({ name }) => name).join(', ')}): it hardly hangs on what was learnt.`,
    warning: `A head drawn anew gives the same map (${same.map(({ name }) => name).join(', ')}): it comes from the frozen features and label-free maps, not from what was learnt.`,
  }[level];
  return [
    {
      check: 'random-weights',
      level,
      words: `${said} Rank correlations: ${all} (1 is the same map; above ${sameMap} counts).`,
      figures: rows.map(({ name, mean }) => figure(`rank correlation, ${name}`, mean)),
    },
  ];
}

const PART_WORDS = { head: 'with the head redrawn', whole: 'with all redrawn' } as const;

/** Below this largest distance from 1/n, in units of 1/n and averaged over clips, weights have not left uniform. */
const nearUniform = 0.1;

const withoutWeights: readonly AttentionSettings['form'][] = ['mean', 'convlstm', 'soft-lstm', 'actor'];

/** Weights that stay uniform, and rows that are the same at every step. */
export function weightFindings(
  clips: readonly ClipMeasures[],
  {
    form,
    isWhenFromWeights,
    seed,
  }: { form: AttentionSettings['form']; isWhenFromWeights: boolean; seed: number },
): AuditFinding[] {
  if (withoutWeights.includes(form)) {
    const words = `The form ${form} has no weights over frames.`;
    return [{ check: 'uniform-weights', level: 'note', words, figures: [] }];
  }
  const distance = meanOver(
    clips.map(({ head }) => head.fromUniform),
    seed,
  );
  const isUniform = distance.value < nearUniform;
  const told = isWhenFromWeights
    ? 'WHEN is read from them and says nothing.'
    : 'WHEN is read from the evidence, so segments do not hang on them; attention itself does not choose frames.';
  const findings: AuditFinding[] = [
    {
      check: 'uniform-weights',
      level: !isUniform ? 'pass' : isWhenFromWeights ? 'fault' : 'warning',
      words: `The weight furthest from uniform lies ${percent(distance.value)} from it in the mean over clips.${isUniform ? ` The weights never leave uniform: ${told}` : ''}`,
      figures: [figure('largest distance from uniform, n max|w - 1/n|', distance)],
    },
  ];
  const steps = clips[0]!.head.steps;
  if (steps > 1) {
    const most = clips.reduce((max, { head }) => Math.max(max, head.betweenSteps), 0);
    findings.push({
      check: 'same-every-step',
      level: most < 1e-6 ? 'warning' : 'pass',
      words:
        most < 1e-6
          ? `The weights are the same at all ${steps} steps (largest difference ${most.toExponential(1)}): the state has no say in them, as in the additive score, whose state part the softmax cancels.`
          : `The weights differ between the ${steps} steps by up to ${most.toPrecision(2)}.`,
      figures: [{ name: 'largest difference between steps', value: most }],
    });
  }
  return findings;
}

/** Masks that are full, empty or flat. */
export function maskFindings(
  clips: readonly ClipMeasures[],
  { form, seed }: { form: AttentionSettings['form']; seed: number },
): AuditFinding[] {
  if (withoutWeights.includes(form) && form !== 'soft-lstm' && form !== 'actor') {
    const words = `The form ${form} has no masks.`;
    return [{ check: 'saturated-masks', level: 'note', words, figures: [] }];
  }
  const mean = (of: (clip: ClipMeasures) => number): Mean => meanOver(clips.map(of), seed);
  const peak = mean(({ head }) => head.maskPeak);
  const spread = mean(({ head }) => head.maskSpread);
  const figures = [
    figure('peak of a mask over its mean', peak),
    figure('spread of a mask over its mean', spread),
  ];
  if (form === 'joint' || form === 'soft-lstm' || form === 'actor') {
    const isFlat = spread.value < 0.02;
    return [
      {
        check: 'saturated-masks',
        level: isFlat ? 'warning' : 'pass',
        words: `Within a frame the strongest cell has ${peak.value.toFixed(1)} times the mean share of attention.${isFlat ? ' Attention is flat: it chooses no part of the picture.' : ''}`,
        figures,
      },
    ];
  }
  const covered = mean(({ head }) => head.maskArea);
  const binary = mean(({ head }) => head.binary);
  const said = `Masks cover ${percent(covered.value)} of the picture; ${percent(binary.value)} of their cells lie below 0.1 or above 0.9`;
  const isFull = covered.value > 0.9;
  const isEmpty = covered.value < 0.01;
  const isFlat = spread.value < 0.02;
  return [
    {
      check: 'saturated-masks',
      level: isFull || isEmpty || isFlat ? 'fault' : 'pass',
      words: isFull
        ? `${said}: they are full and choose nothing, which is a minimum of variation and contrast together.`
        : isEmpty
          ? `${said}: they are empty.`
          : isFlat
            ? `${said}, and within a frame they are flat: the same number everywhere.`
            : `${said}.`,
      figures: [figure('mean mask', covered), figure('share of binary cells', binary), ...figures],
    },
  ];
}

/** A mean as a figure. */
export function figure(name: string, { value, interval }: Mean): AuditFigure {
  return { name, value, interval };
}
