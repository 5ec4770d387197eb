// What the browser keeps of the lesson, and what to do where it has no room.
import { texts } from '../words/index.js';
import { bytesText, room } from './room.js';
import { keeping, save, unsaved } from './writeBehind.js';

/** The line about storage; an alert where it is full or not there. */
export function StoragePanel() {
  const t = texts.value.storage;
  const { used, quota, isPersistent } = room.value;
  const state = keeping.value;
  if (state === 'opening') return null;
  const count = new Set(unsaved.value).size;
  if (state === 'full' || state === 'unavailable')
    return (
      <p role="alert" class="banner bad" id="storage-fault">
        <span>
          {state === 'full' ? t.full : t.unavailable} {count > 0 && t.pending(count)}
        </span>
        {state === 'full' && (
          <button type="button" onClick={() => void save([])}>
            {t.retry}
          </button>
        )}
      </p>
    );
  return (
    <p class="note storage" id="storage-note">
      {used !== null && quota !== null ? t.used(bytesText(used), bytesText(quota)) : t.title}{' '}
      {isPersistent ? t.asked : t.notAsked}
    </p>
  );
}
