// Choices that several forms share: how they are trained and read.
import type { LocalizeChoices } from '../../localize/index.js';

/** Without the paper's attention its three terms have nothing to look at. */
export const noRegularisers = { totalVariation: 0, contrast: 0, unimodal: 0 } as const;

/** The paper's forms have masks and weights only, read as the scripts do. */
export const byScript: LocalizeChoices = { way: 'script' };

/** Class by class along a path through the frames, on features. */
export const byPath = { rule: 'path', smooth: 0, maximumSegments: 100 } as const;

/** The evidence of a class is the map. */
export const byEvidence = { maps: { classEvidence: 1 } } as const;

/** The attention is the map. */
export const byAttention = { maps: { attention: 1 } } as const;

/** Training that starts at a logistic regression and can only leave it for something better (docs/architecture.md#training). */
export const fromRegression = {
  start: 'mean-pool',
  keepsStart: true,
  schedule: { name: 'constant' },
} as const;

/** The same on the mean of standardised features. */
export const fromMeanPool = { isStandardised: true, ...fromRegression } as const;
