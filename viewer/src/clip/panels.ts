// What stands below the answer of an open clip: each panel is one entry here. A panel is given the clip and its desk;
// it may draw over the player, mark stretches, or hand the desk another answer.
import type { FunctionComponent } from 'preact';
import type { ClipInfo } from '../../../src/server/api.js';
import type { Result } from '../../../src/result.js';
import { WhatIfPanel } from '../whatIf/whatIfPanel.js';
import type { Desk } from './desk.js';

/** What a panel sees. `result` is null until the model has answered. */
export interface PanelProps {
  info: ClipInfo;
  result: Result | null;
  desk: Desk;
}

/** One panel: its title is the summary that opens it. */
export interface ClipPanel {
  id: string;
  title: string;
  /** Whether it has anything to offer for this clip. */
  isOffered: (props: PanelProps) => boolean;
  View: FunctionComponent<PanelProps>;
}

/** All panels in their order. */
export const panels: readonly ClipPanel[] = [
  {
    id: 'what-if',
    title: 'What if it had not seen this?',
    isOffered: ({ result }) => result !== null,
    View: WhatIfPanel,
  },
];
