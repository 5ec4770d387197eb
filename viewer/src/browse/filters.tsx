// What of the clips is listed, and in which order.
import { words } from '../../../src/page/sentences.js';
import { go } from '../route.js';
import { clips, model } from '../store.js';
import { allClips, filter, rows, shown, type Filter } from './rows.js';

const OUTCOMES: [Filter['outcome'], string][] = [
  ['all', 'All'],
  ['right', 'Right'],
  ['wrong', 'Wrong'],
  ['open', 'Not predicted'],
  ['faulty', 'With faults'],
  ['unlabelled', 'Without labels'],
  ['unlike', 'Unlike the training clips'],
];

const ORDERS: [Filter['order'], string][] = [
  ['explained', 'Best explained'],
  ['name', 'Name'],
  ['unsure', 'Least sure'],
  ['sure', 'Surest'],
  ['where', 'Worst where'],
  ['when', 'Worst when'],
];

function set(change: Partial<Filter>): void {
  filter.value = { ...filter.value, ...change };
}

/** The controls above the list. */
export function Filters() {
  const asked = filter.value;
  const total = rows.value.length;
  const isAll = JSON.stringify(asked) === JSON.stringify(allClips);
  return (
    <div class="filters">
      <input
        id="search"
        type="search"
        placeholder="Find a clip"
        aria-label="Find a clip by name"
        value={asked.text}
        onInput={({ currentTarget }) => set({ text: currentTarget.value })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
          if (key === 'Enter' && shown.value[0]) go({ view: 'clips', clip: shown.value[0].id });
        }}
      />
      <div class="two">
        <Choice
          label="Outcome"
          value={asked.outcome}
          options={OUTCOMES}
          onPick={(outcome) => set({ outcome })}
        />
        <Choice label="Order" value={asked.order} options={ORDERS} onPick={(order) => set({ order })} />
      </div>
      <details>
        <summary>More</summary>
        <div class="two">
          <Choice
            label="True class"
            value={asked.label}
            options={classOptions(clips.value.classes)}
            onPick={(label) => set({ label })}
          />
          <Choice
            label="Answer"
            value={asked.top}
            options={classOptions(model.value?.classes ?? [])}
            onPick={(top) => set({ top })}
          />
        </div>
        <Share
          name="Sure at least"
          value={asked.confidence[0]}
          onPick={(least) => set({ confidence: [least, asked.confidence[1]] })}
        />
        <Share
          name="Sure at most"
          value={asked.confidence[1]}
          onPick={(most) => set({ confidence: [asked.confidence[0], most] })}
        />
        <Share name="Where at most" value={asked.where} onPick={(where) => set({ where })} />
        <Share name="When at most" value={asked.when} onPick={(when) => set({ when })} />
      </details>
      <p class="note" id="count" aria-live="polite">
        {shown.value.length === total ? `${total} clips` : `${shown.value.length} of ${total} clips`}
        {!isAll && (
          <button class="link" type="button" onClick={() => (filter.value = allClips)}>
            show all
          </button>
        )}
      </p>
    </div>
  );
}

function classOptions(classes: readonly string[]): [string, string][] {
  return [['', 'Any'], ...classes.map((label): [string, string] => [label, words(label)])];
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
