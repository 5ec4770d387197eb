// The evidence clips of each finding: those that speak most against the explanation, so that a reader can look at them.
import { actingFrames } from '../evaluate/reports/whereReport.js';
import { actionScores } from '../evaluate/reports/whenReport.js';
import type { ClipRecord } from '../evaluate/index.js';
import { whereScores } from '../metrics/spatial.js';
import { gainOver } from './checks.js';
import type { EvidenceClips, AuditFinding } from './finding.js';
import type { ClipMeasures } from './measureClip.js';
import type { ClassPlaces } from './shortcuts.js';

/** Most clips that a finding names. */
const named = 12;

/** What was measured of the clips, in one order. */
export interface EvidenceOptions {
  measured: readonly ClipMeasures[];
  records: readonly ClipRecord[];
  places: readonly ClassPlaces[];
}

/** Which number of a clip a check is about, and whether small or large ones speak against the explanation. */
interface Measure {
  name: string;
  order: 'ascending' | 'descending';
  /** null: the clip says nothing about it. */
  of: (clip: ClipMeasures, record: ClipRecord) => number | null;
}

/** The findings, each with its evidence clips; a finding that is about no clip stays as it is. */
export function withClips(findings: readonly AuditFinding[], options: EvidenceOptions): AuditFinding[] {
  return findings.map((finding) => {
    const evidenceClips = finding.level === 'note' ? null : evidenceClipsOf(finding.check, options);
    return evidenceClips ? { ...finding, evidenceClips } : finding;
  });
}

function evidenceClipsOf(
  check: AuditFinding['check'],
  { measured, records, places }: EvidenceOptions,
): EvidenceClips | null {
  const measure = check === 'shortcut' ? shortcutMeasure(places) : measures[check];
  if (!measure) return null;
  const sign = measure.order === 'ascending' ? 1 : -1;
  const clips = measured
    .flatMap((clip, i) => {
      const value = measure.of(clip, records[i]!);
      return value === null ? [] : [{ name: clip.name, value }];
    })
    .sort((a, b) => sign * (a.value - b.value))
    .slice(0, named);
  return clips.length > 0 ? { measure: measure.name, clips } : null;
}

const measures: Readonly<Partial<Record<AuditFinding['check'], Measure>>> = {
  'not-learnt': {
    name: 'probability of the wrong answer',
    order: 'descending',
    of: ({ predicted, classIndex, probability }) => (predicted === classIndex ? null : probability),
  },
  'when-not-causal': {
    name: 'fall without the highlighted frames, less the fall without others',
    order: 'ascending',
    of: ({ frameRemoval: { highlighted, others } }) => highlighted - others,
  },
  'where-not-causal': {
    name: 'fall without the highlighted regions, less the fall without others',
    order: 'ascending',
    of: ({ regionRemoval: { highlighted, others } }) => highlighted - others,
  },
  'when-order': {
    name: 'gain of the order of WHEN over random order',
    order: 'ascending',
    of: ({ frames }) => gainOver(frames, 'random') ?? null,
  },
  'where-order': {
    name: 'gain of the order of WHERE over the same shapes elsewhere',
    order: 'ascending',
    of: ({ regions }) => gainOver(regions, 'elsewhere') ?? null,
  },
  'random-weights': {
    name: 'rank correlation of WHERE with that of redrawn weights',
    order: 'descending',
    of: ({ redrawn }) => (redrawn.whole ?? redrawn.head).where,
  },
  'uniform-weights': {
    name: 'largest distance from uniform, n max|w - 1/n|',
    order: 'ascending',
    of: ({ head }) => head.fromUniform,
  },
  'same-every-step': {
    name: 'largest difference between steps',
    order: 'ascending',
    of: ({ head }) => head.betweenSteps,
  },
  'saturated-masks': {
    name: 'spread of a mask over its mean',
    order: 'ascending',
    of: ({ head }) => head.maskSpread,
  },
  'where-trivial': {
    name: 'mean box IoU',
    order: 'ascending',
    of: (_, record) => meanOf(whereScores(actingFrames(record)).map(({ iou }) => iou)),
  },
  'when-trivial': {
    name: 'IoU of the best segment',
    order: 'ascending',
    of: (_, record) => meanOf(actionScores(record)),
  },
};

function meanOf(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** Right clips of the classes that hang on one place, by what they lose without it; null where no class does. */
function shortcutMeasure(places: readonly ClassPlaces[]): Measure | null {
  const tiles = new Map(
    places.filter(({ isFixedPlace }) => isFixedPlace).map(({ label, tile }) => [label, tile]),
  );
  if (tiles.size === 0) return null;
  return {
    name: "fall without the place that the clip's class hangs on",
    order: 'descending',
    of: ({ label, predicted, classIndex, tiles: { drops } }) => {
      const tile = tiles.get(label);
      return tile === undefined || predicted !== classIndex ? null : drops[tile]!;
    },
  };
}
