// The protocols by name: what each measures, by whose rules, and what the paper reports under it.
import { ACTIVITYNET_THRESHOLDS } from '../../metrics/activitynet.js';
import { THUMOS14_THRESHOLDS } from '../../metrics/thumos14.js';
import { THUMOS_SCRIPT_THRESHOLDS } from '../../metrics/thumosScript.js';
import { UCF24_SCRIPT_THRESHOLDS } from '../../metrics/ucf24Script.js';
import { oneOf } from '../../checked.js';

/** One way of counting. `published` are figures of arXiv:1810.04511 v1 in percent, by threshold where there are any. */
export interface Protocol {
  name: string;
  measures: string;
  thresholds: readonly number[];
  splits: number;
  published: readonly number[];
  caution?: string;
}

/** Every protocol that `evaluate --protocol` takes. */
export const PROTOCOLS = {
  clips: protocol('top-1, top-5, mean class accuracy; boxes and segments where truth is given'),
  ucf101: protocol('top-1, mean over the three official splits', { splits: 3, published: [86.02] }),
  hmdb51: protocol('top-1, mean over the three official splits', { splits: 3, published: [49.93] }),
  'ucf101-24': protocol('frame-mAP at 0.5; video-mAP at 0.2, 0.5 and 0.5:0.05:0.95', {
    thresholds: [0.2, 0.5],
  }),
  'ucf101-24-script': protocol('share of sampled frames whose one box reaches an IoU, first tube only', {
    thresholds: UCF24_SCRIPT_THRESHOLDS,
    published: [67.0, 56.1, 34.1, 17.7],
    caution: "the released scripts' own counting; a constant box in the centre lies above the paper",
  }),
  thumos14: protocol("temporal detection mAP by the challenge's own rules, Ambiguous segments respected", {
    thresholds: THUMOS14_THRESHOLDS,
  }),
  'thumos14-script': protocol(
    'share of cut clips, correctly classified, whose kept frames recall the truth',
    {
      thresholds: THUMOS_SCRIPT_THRESHOLDS,
      published: [70.0, 61.4, 48.6, 32.6, 17.9],
      caution:
        "the released scripts' own counting; it is a recall, and keeping every frame reaches all of it",
    },
  ),
  activitynet: protocol('temporal detection mAP by the ActivityNet rules, interpolated', {
    thresholds: ACTIVITYNET_THRESHOLDS,
  }),
} as const;

/** The name of a protocol. */
export type ProtocolName = keyof typeof PROTOCOLS;

/** The protocol of that name. Throws `WhereWhenError` (usage) that lists the names. */
export function protocolNamed(name: string): Protocol {
  const known = oneOf(Object.keys(PROTOCOLS) as ProtocolName[], 'evaluate.protocol', name);
  return { ...PROTOCOLS[known], name };
}

function protocol(
  measures: string,
  facts: Partial<Omit<Protocol, 'name' | 'measures'>> = {},
): Omit<Protocol, 'name'> {
  return { measures, thresholds: [], splits: 1, published: [], ...facts };
}
