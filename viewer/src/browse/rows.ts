// The clips as lists show them: what is known of each by the chosen model, filtered and in order.
import { computed, signal } from '@preact/signals';
import { answers, clips, labelled, model } from '../store.js';
import { inOrder, type ClipRow, type Order } from './order.js';

export type { ClipRow };

/** What the reader asks a list for. An empty text asks for all. */
export interface Filter {
  text: string;
  label: string;
  top: string;
  outcome: 'all' | 'right' | 'wrong' | 'open' | 'faulty' | 'unlike' | 'unlabelled';
  confidence: [least: number, most: number];
  /** Clips whose overlap with the truth is at most this; 1 asks for all. */
  where: number;
  when: number;
  order: Order;
}

/** The filter of a page that was just opened. */
export const allClips: Filter = {
  text: '',
  label: '',
  top: '',
  outcome: 'all',
  confidence: [0, 1],
  where: 1,
  when: 1,
  order: 'explained',
};

/** What is asked for now. */
export const filter = signal<Filter>(allClips);

/** All clips with the answers of the chosen model. */
export const rows = computed<ClipRow[]>(() => {
  const { ids, names, labels, classes } = clips.value;
  const table = model.value ? answers.value[model.value.key] : undefined;
  const places = new Map(table?.ids.map((id, i) => [id, i]));
  return ids.map((id, i) => {
    const at = places.get(id);
    const label = labels[i]! >= 0 ? classes[labels[i]!]! : null;
    const top = at === undefined ? null : (table!.classes[table!.top[at]!] ?? null);
    return {
      ...{ id, name: names[i]!, label, top },
      probability: at === undefined ? 0 : table!.probability[at]!,
      isRight: top === null || label === null ? null : top === label,
      where: at === undefined ? null : table!.where[at]!,
      when: at === undefined ? null : table!.when[at]!,
      warnings: at === undefined ? 0 : table!.warnings[at]!,
      isLabelled: labelled.value.has(id),
      isUnlike: at !== undefined && table!.unlike?.[at] === true,
    };
  });
});

/** The clips that the filter lets through. */
export const shown = computed<ClipRow[]>(() => {
  const asked = filter.value;
  const text = asked.text.trim().toLowerCase();
  const [least, most] = asked.confidence;
  const fits = (row: ClipRow): boolean =>
    (text === '' || row.name.toLowerCase().includes(text)) &&
    (asked.label === '' || row.label === asked.label) &&
    (asked.top === '' || row.top === asked.top) &&
    hasOutcome(row, asked.outcome) &&
    ((least === 0 && most === 1) ||
      (row.top !== null && row.probability >= least && row.probability <= most)) &&
    (asked.where === 1 || (row.where !== null && row.where <= asked.where)) &&
    (asked.when === 1 || (row.when !== null && row.when <= asked.when));
  return inOrder(rows.value.filter(fits), asked.order);
});

function hasOutcome(row: ClipRow, outcome: Filter['outcome']): boolean {
  if (outcome === 'right') return row.isRight === true;
  if (outcome === 'wrong') return row.isRight === false;
  if (outcome === 'open') return row.top === null;
  if (outcome === 'unlabelled') return !row.isLabelled;
  if (outcome === 'unlike') return row.isUnlike;
  if (outcome === 'faulty') return row.warnings > 0;
  return true;
}

/** Counts of true class against answered class, `counts[label][top]`, over all answered clips. */
export const confusion = computed<{ classes: string[]; counts: number[][] } | null>(() => {
  const answered = rows.value.filter(({ isRight }) => isRight !== null);
  if (answered.length === 0) return null;
  const classes = [...new Set([...clips.value.classes, ...(model.value?.classes ?? [])])];
  const place = new Map(classes.map((label, i) => [label, i]));
  const counts = classes.map(() => classes.map(() => 0));
  for (const { label, top } of answered) counts[place.get(label!)!]![place.get(top!)!]!++;
  return { classes, counts };
});
