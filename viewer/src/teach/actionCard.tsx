// One action: its name, its takes, and how more of them come.
import { useSignal } from '@preact/signals';
import { classStyle } from '../../../src/page/colours.js';
import { Icon } from '../icon.js';
import { texts } from '../words/index.js';
import { clipsOfDrop, clipsOfField, type FoundClip } from './foundClips.js';
import { isFree, removeAction, renameAction, takes } from './lesson.js';
import { recordTakes, recording } from './recording.js';
import { TakeCard } from './takeCard.js';
import type { Action } from './take.js';
import { takeClips } from './takeIn.js';

/** The card of an action; `place` is its place among the actions, which gives its colour. */
export function ActionCard({ action, place }: { action: Action; place: number }) {
  const own = takes.value.filter((take) => take.action === action.id);
  const isOver = useSignal(false);
  const { fill, line } = classStyle(place);
  const t = texts.value.actions;
  const bring = (found: readonly FoundClip[]): void => void takeClips(found, action.id);
  return (
    <section
      class={`sheet action${isOver.value ? ' over' : ''}`}
      aria-labelledby={`${action.id}-name`}
      style={{ '--class': fill, '--class-line': line }}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        isOver.value = false;
        if (event.dataTransfer) void clipsOfDrop(event.dataTransfer).then(bring);
      }}
    >
      <header class="action-head">
        <i class="swatch" aria-hidden="true" />
        <Name action={action} />
        <span class="note">{t.takes(own.length, own.filter(({ isTest }) => isTest).length)}</span>
        <span class="grow" />
        <button
          type="button"
          class="quiet"
          aria-label={t.remove(action.name)}
          title={t.remove(action.name)}
          onClick={() => {
            if (own.length === 0 || confirm(t.removeAsk(action.name, own.length))) removeAction(action.id);
          }}
        >
          <Icon name="close" />
        </button>
      </header>
      <ol class="takes">
        {own.map((take, i) => (
          <TakeCard key={take.id} take={take} name={texts.value.take.name(action.name, i + 1)} />
        ))}
      </ol>
      <div class="action-foot">
        <button
          type="button"
          class="main record"
          disabled={recording.value !== null}
          aria-label={t.recordFor(action.name)}
          onClick={() => void recordTakes(action)}
        >
          <i class="dot" aria-hidden="true" /> {t.record}
        </button>
        <label class="button">
          {t.addClips}
          <input
            type="file"
            class="unseen"
            multiple
            accept="video/*,.mkv"
            aria-label={t.addClipsTo(action.name)}
            data-action={action.name}
            onChange={({ currentTarget }) => {
              bring(clipsOfField(currentTarget.files ?? []));
              currentTarget.value = ''; // the same file may be chosen again
            }}
          />
        </label>
        <span class="note">{t.dropHere}</span>
      </div>
    </section>
  );
}

/** The name, as a field: what is typed counts when the field is left; an impossible name is said and taken back. */
function Name({ action }: { action: Action }) {
  const fault = useSignal('');
  const t = texts.value.actions;
  return (
    <h2 class="action-name" id={`${action.id}-name`}>
      <input
        value={action.name}
        aria-label={t.rename(action.name)}
        aria-invalid={fault.value !== ''}
        size={Math.max(6, action.name.length)}
        onInput={({ currentTarget }) => {
          const { value } = currentTarget;
          fault.value = isFree(value, action.id) ? '' : value.trim() === '' ? t.empty : t.same(value.trim());
        }}
        onChange={({ currentTarget }) => {
          if (!renameAction(action.id, currentTarget.value)) currentTarget.value = action.name;
          fault.value = '';
        }}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
      />
      {fault.value !== '' && (
        <small role="alert" class="bad">
          {fault.value}
        </small>
      )}
    </h2>
  );
}
