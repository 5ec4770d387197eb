// What stands below the answer of an open clip: each panel is one entry here. A panel is given the clip and its player;
// it may draw over the player, mark stretches, or hand the player another answer.
import { WhatIfPanel } from '../whatIf/whatIfPanel.js';
import type { ClipPanel } from './panel.js';

/** All panels in their order. */
export const panels: readonly ClipPanel[] = [
  {
    id: 'what-if',
    isOffered: ({ result }) => result !== null,
    View: WhatIfPanel,
  },
];
