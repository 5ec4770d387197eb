// Labels on their way out: in the formats of other tools, and as files of the page's own.
import { useSignal } from '@preact/signals';
import type { TruthClip } from '../../../src/server/api.js';
import { addressOf } from '../source.js';
import { clips, hasServer, state } from '../store.js';
import { keptLabels } from './labelBook.js';
import { texts } from '../words/index.js';
/** Saved labels in the formats of other tools, and this clip's as a file of the page's own. */
export function LabelExport({ truth, name }: { truth: TruthClip | null; name: string }) {
  const t = texts.value.labels;
  const formats = state.value?.exportFormats ?? [];
  const format = useSignal(formats[0] ?? '');
  const own = truth ? JSON.stringify({ version: 1, clips: { [name]: truth } }, null, 1) : '';
  return (
    <p class="export">
      {formats.length > 0 && (
        <>
          <label>
            {t.allAs}{' '}
            <select
              id="format"
              value={format.value}
              onChange={({ currentTarget }) => (format.value = currentTarget.value)}
            >
              {formats.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <a
            class="button"
            id="export"
            download
            href={`${addressOf('labels/export')}?format=${format.value}`}
          >
            {t.export}
          </a>
        </>
      )}
      {!hasServer.value && (
        <button id="all-labels" type="button" onClick={downloadAll}>
          {t.allHere}
        </button>
      )}
      {truth && (
        <a
          class="button"
          download="labels.json"
          href={`data:application/json;charset=utf-8,${encodeURIComponent(own)}`}
        >
          {t.thisClip}
        </a>
      )}
    </p>
  );
}

/** What was labelled in this browser, of all clips, in the form of `truth.json`: where there is no server to keep it. */
function downloadAll(): void {
  const names = new Map(clips.value.ids.map((id, i) => [id, clips.value.names[i]!]));
  const own = Array.from(keptLabels(), ([id, truth]) => [names.get(id) ?? id, truth]);
  const text = JSON.stringify({ version: 1, clips: Object.fromEntries(own) }, null, 1);
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href, download: 'labels.json' }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
