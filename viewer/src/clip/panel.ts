// A panel below the answer of an open clip: what it is and what it is given.
import type { FunctionComponent } from 'preact';
import type { Result } from '../../../src/result.js';
import type { ClipInfo } from '../../../src/server/api.js';
import type { ClipPlayer } from './clipPlayer.js';

/** What a panel sees. `result` is null until the model has answered. */
export interface PanelProps {
  info: ClipInfo;
  result: Result | null;
  clipPlayer: ClipPlayer;
}

/** Panels that there are; the page has a title for each. */
export type PanelId = 'what-if';

/** One panel. */
export interface ClipPanel {
  id: PanelId;
  /** Whether it has anything to offer for this clip. */
  isOffered: (props: PanelProps) => boolean;
  View: FunctionComponent<PanelProps>;
}
