// The queue of clips without labels: one key takes what the model proposes, saves it and opens the next clip.
import { rows, shown } from '../browse/rows.js';
import type { ClipInfo } from '../../../src/server/api.js';
import { go, route } from '../route.js';
import { hasServer, markLabelled, state } from '../store.js';
import { texts } from '../words/index.js';
import type { LabelBook } from './labelBook.js';
import { nextUnlabelled } from './queue.js';

/** Can labels be saved beside the clips? */
const canKeep = (): boolean => hasServer.value && state.value?.exportFormats.length !== 0;

/**
 * Saves the labels of a clip and opens the next one without labels. What was labelled by hand is kept as it is; without it
 * `accept` takes the proposal. Does nothing before the model has answered, and stays where saving is refused.
 */
export async function acceptAndOpenNext(
  info: ClipInfo,
  labels: LabelBook,
  accept: () => void,
): Promise<void> {
  if (!canKeep() || labels.isSaving.value || labels.conflict.value) return;
  if (labels.draft.value === null) accept();
  if (labels.draft.value === null) return;
  const next = nextUnlabelled(shown.value, info.id) ?? nextUnlabelled(rows.value, info.id);
  if (labels.isDirty) await labels.save();
  if (labels.isDirty || labels.fault.value !== '') return;
  markLabelled(info.id, true);
  if (next !== null && route.value.clip === info.id) go({ clip: next });
}

/** The button of it, and how many clips are left. */
export function Queue({
  info,
  isReady,
  onAccept,
}: {
  info: ClipInfo;
  isReady: boolean;
  onAccept: () => void;
}) {
  if (!canKeep()) return null;
  const t = texts.value.clips;
  const left = rows.value.filter(({ id, isLabelled }) => !isLabelled && id !== info.id).length;
  return (
    <p class="queue" id="queue">
      <button id="accept-next" type="button" disabled={!isReady} onClick={onAccept}>
        {t.acceptNext} <kbd>Enter</kbd>
      </button>
      <span class="note">{t.left(left)}</span>
    </p>
  );
}
