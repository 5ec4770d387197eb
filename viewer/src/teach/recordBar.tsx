// How takes are recorded: length, countdown, how many in a row, and who is seen.
import { useId } from 'preact/hooks';
import { texts } from '../words/index.js';
import { recordSettings, type RecordSettings } from './recording.js';

const CHOICES = {
  lengthSeconds: [1, 2, 3, 4, 6, 10],
  countdownSeconds: [0, 1, 3, 5, 10],
  series: [1, 2, 3, 5, 10],
} as const;

/** The settings, folded away until they are wanted. */
export function RecordBar() {
  const t = texts.value.actions;
  return (
    <details class="record-bar">
      <summary>{t.settings}</summary>
      <div class="record-fields">
        <Choice name="lengthSeconds" label={t.length} unit={t.seconds} />
        <Choice name="countdownSeconds" label={t.countdown} unit={t.seconds} />
        <Choice name="series" label={t.series} unit={String} />
        <Who />
      </div>
    </details>
  );
}

interface ChoiceProps {
  name: keyof typeof CHOICES;
  label: string;
  unit: (value: number) => string;
}

function Choice({ name, label, unit }: ChoiceProps) {
  return (
    <label>
      {label}{' '}
      <select
        id={`record-${name}`}
        value={recordSettings.value[name]}
        onChange={({ currentTarget }) => set({ [name]: Number(currentTarget.value) })}
      >
        {CHOICES[name].map((value) => (
          <option key={value} value={value}>
            {unit(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Who() {
  const t = texts.value.actions;
  const id = useId();
  return (
    <span>
      <label for={id}>{t.who}</label>{' '}
      <input
        id={id}
        class="field"
        size={10}
        maxLength={60}
        value={recordSettings.value.group}
        title={t.whoHint}
        onInput={({ currentTarget }) => set({ group: currentTarget.value })}
      />
    </span>
  );
}

function set(change: Partial<RecordSettings>): void {
  recordSettings.value = { ...recordSettings.value, ...change };
}
