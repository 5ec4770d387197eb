// Label Studio's short forms, JSON-MIN and CSV: one record an annotation, a field a control. What a field holds is told
// by its looks and turned into the results that the long form has.
import { usageError } from '../../../errors.js';
import { isMedia } from '../mediaName.js';
import type { LabelStudioTask } from './results.js';

/** Fields that are about the record, not the clip. */
const ABOUT = new Set(
  'id annotator annotation_id created_at updated_at lead_time completed_by agreement was_cancelled'.split(
    ' ',
  ),
);
/** Names that a class usually goes by, where several fields are plain text. */
const CLASS = /^(choices?|class|label|action|category)/i;

interface Options {
  notes: string[];
  attribute?: string;
}

/** Whether a record is one of these. */
export function isFlatRecord(names: readonly string[]): boolean {
  return names.includes('annotation_id') || (names.includes('annotator') && names.includes('lead_time'));
}

/** Records as tasks. Throws `usage` where several fields could hold the class and none was chosen. */
export function flatTasks(
  records: readonly Readonly<Record<string, unknown>>[],
  path: string,
  { attribute, notes }: Options,
): LabelStudioTask[] {
  const field = attribute ?? classField(records, path);
  const unread = new Set<string>();
  const tasks = records.map((record) => {
    const controls = Object.entries(record).filter(([name]) => !ABOUT.has(name));
    const data = controls.filter(([, value]) => typeof value === 'string' && isMedia(value));
    const result = controls
      .filter(([name]) => !data.some(([other]) => other === name))
      .flatMap(([name, value]) => resultsOf(name, value, { isClass: name === field, unread }));
    if (typeof record['fps'] === 'number') data.push(['fps', record['fps']]);
    return { data: Object.fromEntries(data), annotations: [{ result }] };
  });
  if (unread.size > 0) notes.push(`${path}: fields that are not read: ${[...unread].join(', ')}`);
  return tasks;
}

/** The field of plain text that holds the class: the only one, else the only one that is named so. */
function classField(records: readonly Readonly<Record<string, unknown>>[], path: string): string | undefined {
  const plain = new Set(
    records.flatMap((record) =>
      Object.entries(record)
        .filter(([name, value]) => !ABOUT.has(name) && isPlain(value))
        .map(([name]) => name),
    ),
  );
  const usual = [...plain].filter((name) => CLASS.test(name));
  if (plain.size < 2) return [...plain][0];
  if (usual.length === 1) return usual[0];
  throw usageError(
    path,
    'one field that holds the class',
    [...plain].join(', '),
    'choose by --attribute NAME',
  );
}

function isPlain(value: unknown): boolean {
  const whole = unpacked(value);
  return typeof whole === 'string' && whole !== '' && !isMedia(whole);
}

/** CSV holds lists as JSON text. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function resultsOf(
  from_name: string,
  value: unknown,
  { isClass, unread }: { isClass: boolean; unread: Set<string> },
): unknown[] {
  const whole = unpacked(value);
  if (typeof whole === 'string')
    return isClass && whole !== '' ? [{ type: 'choices', from_name, value: { choices: [whole] } }] : [];
  const parts = Array.isArray(whole) ? whole : [whole];
  if (parts.length > 0 && parts.every((part) => typeof part === 'string'))
    return [{ type: 'choices', from_name, value: { choices: parts } }];
  if (parts.every((part) => Array.isArray(part) && part.every((name) => typeof name === 'string')))
    return [{ type: 'taxonomy', from_name, value: { taxonomy: parts } }];
  return parts.flatMap((part) => {
    const type = typeOf(part);
    if (type === undefined && typeof part === 'object' && part !== null) unread.add(from_name);
    return type === undefined ? [] : [{ type, from_name, value: part as unknown }];
  });
}

function typeOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  if ('sequence' in part) return 'videorectangle';
  if ('ranges' in part) return 'timelinelabels';
  if ('start' in part && 'labels' in part) return 'labels';
  return 'choices' in part ? 'choices' : undefined;
}
