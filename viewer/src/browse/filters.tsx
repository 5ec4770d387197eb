// What of the clips is listed, and in which order.
import { words } from '../../../src/page/sentences.js';
import { go } from '../route.js';
import { clips, model } from '../store.js';
import { allClips, filter, rows, shown, type Filter } from './rows.js';
import { texts } from '../words/index.js';

const OUTCOMES: Filter['outcome'][] = ['all', 'right', 'wrong', 'open', 'faulty', 'unlabelled', 'unlike'];

const ORDERS: Filter['order'][] = ['explained', 'name', 'unsure', 'sure', 'where', 'when'];

/** Keys with what they are called. */
function named<Key extends string>(keys: readonly Key[], names: Record<Key, string>): [Key, string][] {
  return keys.map((key) => [key, names[key]]);
}

function set(change: Partial<Filter>): void {
  filter.value = { ...filter.value, ...change };
}

/** The controls above the list. */
export function Filters() {
  const t = texts.value.list;
  const asked = filter.value;
  const total = rows.value.length;
  const isAll = JSON.stringify(asked) === JSON.stringify(allClips);
  return (
    <div class="filters">
      <input
        id="search"
        type="search"
        placeholder={t.find}
        aria-label={t.findByName}
        value={asked.text}
        onInput={({ currentTarget }) => set({ text: currentTarget.value })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
          if (key === 'Enter' && shown.value[0]) go({ view: 'clips', clip: shown.value[0].id });
        }}
      />
      <div class="two">
        <Choice
          label={t.outcome}
          value={asked.outcome}
          options={named(OUTCOMES, t.outcomes)}
          onPick={(outcome) => set({ outcome })}
        />
        <Choice
          label={t.order}
          value={asked.order}
          options={named(ORDERS, t.orders)}
          onPick={(order) => set({ order })}
        />
      </div>
      <details>
        <summary>{t.more}</summary>
        <div class="two">
          <Choice
            label={t.trueClass}
            value={asked.label}
            options={classOptions(clips.value.classes)}
            onPick={(label) => set({ label })}
          />
          <Choice
            label={t.answer}
            value={asked.top}
            options={classOptions(model.value?.classes ?? [])}
            onPick={(top) => set({ top })}
          />
        </div>
        <Share
          name={t.sureAtLeast}
          value={asked.confidence[0]}
          onPick={(least) => set({ confidence: [least, asked.confidence[1]] })}
        />
        <Share
          name={t.sureAtMost}
          value={asked.confidence[1]}
          onPick={(most) => set({ confidence: [asked.confidence[0], most] })}
        />
        <Share name={t.whereAtMost} value={asked.where} onPick={(where) => set({ where })} />
        <Share name={t.whenAtMost} value={asked.when} onPick={(when) => set({ when })} />
      </details>
      <p class="note" id="count" aria-live="polite">
        {t.count(shown.value.length, total)}
        {!isAll && (
          <button class="link" type="button" onClick={() => (filter.value = allClips)}>
            {t.showAll}
          </button>
        )}
      </p>
    </div>
  );
}

function classOptions(classes: readonly string[]): [string, string][] {
  return [['', texts.value.list.any], ...classes.map((label): [string, string] => [label, words(label)])];
}

function Choice<T extends string>({
  label,
  value,
  options,
  onPick,
}: {
  label: string;
  value: T;
  options: [T, string][];
  onPick: (value: T) => void;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onPick(currentTarget.value as T)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Share({ name, value, onPick }: { name: string; value: number; onPick: (value: number) => void }) {
  return (
    <label class="share">
      <span>{name}</span>
      <input
        type="range"
        min="0"
        max="100"
        value={Math.round(100 * value)}
        onInput={({ currentTarget }) => onPick(Number(currentTarget.value) / 100)}
      />
      <output>{Math.round(100 * value)} %</output>
    </label>
  );
}
