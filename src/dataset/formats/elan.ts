// ELAN's `.eaf`: tiers of annotations between time slots in milliseconds. A class is an annotation's text, or its tier's
// name where it has none; the tier's participant is who does it.
import type * as Xml from 'fast-xml-parser';
import { z } from 'zod';
import { checked } from '../../checked.js';
import { formatError, usageError, WhereWhenError } from '../../errors.js';
import { installed } from '../../installed.js';
import { filesOf, stemOfFile } from './files.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from './form.js';
import type { AnnotationFormat } from './format.js';
import { isMedia, mediaName } from './mediaName.js';
import { readXml } from './text.js';
import { segmentLanes, milliseconds, type WrittenClip } from './written.js';

const Slot = z.object({ '@TIME_SLOT_ID': z.string(), '@TIME_VALUE': z.coerce.number().optional() });
const value = { '@ANNOTATION_ID': z.string().optional(), ANNOTATION_VALUE: z.unknown() };
const Annotation = z.object({
  ALIGNABLE_ANNOTATION: z
    .object({ '@TIME_SLOT_REF1': z.string(), '@TIME_SLOT_REF2': z.string(), ...value })
    .optional(),
  REF_ANNOTATION: z.object({ '@ANNOTATION_REF': z.string(), ...value }).optional(),
});
const Tier = z.object({
  '@TIER_ID': z.string(),
  '@PARTICIPANT': z.string().optional(),
  ANNOTATION: z.array(Annotation).default([]),
});
/** An element without content is read as empty text. */
const orEmpty = <T extends z.ZodType>(form: T) => z.preprocess((one) => (one === '' ? {} : one), form);
const Eaf = z.object({
  ANNOTATION_DOCUMENT: z.object({
    HEADER: orEmpty(
      z.object({
        '@TIME_UNITS': z.literal('milliseconds', 'expected milliseconds').optional(),
        MEDIA_DESCRIPTOR: z
          .array(
            z.object({
              '@MEDIA_URL': z.string().default(''),
              '@RELATIVE_MEDIA_URL': z.string().optional(),
              /** Milliseconds of the media at which the document's time is 0. */
              '@TIME_ORIGIN': z.coerce.number().default(0),
            }),
          )
          .default([]),
      }),
    ).optional(),
    TIME_ORDER: orEmpty(z.object({ TIME_SLOT: z.array(Slot).default([]) })).optional(),
    TIER: z.array(orEmpty(Tier)).default([]),
  }),
});
type Document = z.infer<typeof Eaf>['ANNOTATION_DOCUMENT'];

/**
 * ELAN documents, one file or a folder of them. Slots without a time lie evenly between their neighbours, and annotations
 * that refer to others have the times of those. `attribute` picks one tier.
 */
export const elan: AnnotationFormat = {
  name: 'elan',
  reads: 'an ELAN document (.eaf), or a folder of them',
  looksLike: { endings: ['.eaf'], inFolder: /\.eaf$/i, isNested: true },
  takesAttribute: true,
  async read(path, { attribute } = {}) {
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    for (const file of await filesOf(path, /\.eaf$/i, 'ELAN documents')) {
      const tree = await readXml(file, ['MEDIA_DESCRIPTOR', 'TIME_SLOT', 'TIER', 'ANNOTATION']);
      const document = checked(file, tree, Eaf).ANNOTATION_DOCUMENT;
      addDocument(clips, document, { file, attribute, notes });
    }
    const all = [...clips.values()];
    return { format: 'elan', classes: classesOf(all), clips: all, notes };
  },
  /** ELAN 3.0. Annotations of a tier must not overlap there, so overlapping ones of a subject have tiers of their own. */
  written: {
    ending: '.eaf',
    holds: ['segments'],
    isPerClip: true,
    write: (clips) => clips.map((clip) => ({ name: '', content: documentOf(clip) })),
  },
};

interface Reading {
  file: string;
  attribute: string | undefined;
  notes: string[];
}

function addDocument(
  clips: Map<string, AnnotatedClip>,
  document: Document,
  { file, attribute, notes }: Reading,
): void {
  const { names, origin } = videoOf(document);
  const clip = clipNamed(clips, names[0] ?? stemOfFile(file));
  if (names.length === 0) clip.isNameGuessed = true;
  if (names.length > 1) clip.alsoNamed = names.slice(1);
  if (origin !== 0) notes.push(`${file}: its times count from ${origin / 1000} s of the video`);
  const tiers = document.TIER.filter((tier) => attribute === undefined || tier['@TIER_ID'] === attribute);
  if (attribute !== undefined && tiers.length === 0) {
    const expected = `a tier of ${file} (${document.TIER.map((tier) => tier['@TIER_ID']).join(', ')})`;
    throw usageError('--attribute', expected, attribute);
  }
  const span = spansOf(document, file);
  for (const tier of tiers) {
    const subject = tier['@PARTICIPANT'];
    for (const { ALIGNABLE_ANNOTATION: aligned, REF_ANNOTATION: referring } of tier.ANNOTATION) {
      const own = aligned ?? referring;
      if (!own) continue;
      const label = textOf(own.ANNOTATION_VALUE) || tier['@TIER_ID'];
      const [startSeconds, endSeconds] = span(own).map((at) => at + origin / 1000) as [number, number];
      addLabel(clip, label);
      clip.segments.push({ label, startSeconds, endSeconds, ...(subject && { subject }) });
    }
  }
  clip.segments.sort((a, b) => a.startSeconds - b.startSeconds);
  const used = tiers.filter(({ ANNOTATION }) => ANNOTATION.length > 0).map((tier) => tier['@TIER_ID']);
  if (used.length > 1)
    notes.push(
      `${file}: the classes of ${used.length} tiers are taken (${used.join(', ')}); --attribute picks one`,
    );
}

/**
 * The video of a document by its names, with the milliseconds of it at which the document begins: the first that is a video
 * (a sound file may stand before it), and those that run beside it from the same moment.
 */
function videoOf({ HEADER }: Document): { names: string[]; origin: number } {
  const all = (HEADER?.MEDIA_DESCRIPTOR ?? []).flatMap((one) => {
    const address = one['@RELATIVE_MEDIA_URL']?.replace(/^\.\//, '') || one['@MEDIA_URL'];
    return address ? [{ name: mediaName(address).clip, origin: one['@TIME_ORIGIN'] }] : [];
  });
  const videos = all.filter(({ name }) => isMedia(name));
  const first = videos[0] ?? all[0];
  const others = videos.filter((one) => one !== first && one.origin === first?.origin);
  return { names: [first, ...others].flatMap((one) => one?.name ?? []), origin: first?.origin ?? 0 };
}

type Own = NonNullable<
  z.infer<typeof Annotation>['ALIGNABLE_ANNOTATION'] | z.infer<typeof Annotation>['REF_ANNOTATION']
>;

/** Start and end in seconds of any annotation of a document. */
function spansOf({ TIME_ORDER, TIER }: Document, file: string): (own: Own) => [number, number] {
  const times = slotTimes(TIME_ORDER?.TIME_SLOT ?? []);
  const all = TIER.flatMap(({ ANNOTATION }) =>
    ANNOTATION.map((a) => a.ALIGNABLE_ANNOTATION ?? a.REF_ANNOTATION),
  );
  const byId = new Map(all.map((own) => [own?.['@ANNOTATION_ID'], own]));
  const span = (own: Own, depth = 0): [number, number] => {
    const id = own['@ANNOTATION_ID'] ?? '?';
    if (!('@TIME_SLOT_REF1' in own)) {
      const parent = byId.get(own['@ANNOTATION_REF']);
      if (parent && depth < 100) return span(parent, depth + 1);
      throw wrong(`${file} > ${id}`, 'an annotation that it refers to', own['@ANNOTATION_REF']);
    }
    const [start, end] = [times.get(own['@TIME_SLOT_REF1']), times.get(own['@TIME_SLOT_REF2'])];
    if (start === undefined || end === undefined)
      throw wrong(
        `${file} > ${id}`,
        'time slots that are told',
        `${own['@TIME_SLOT_REF1']}, ${own['@TIME_SLOT_REF2']}`,
      );
    if (end < start)
      throw wrong(`${file} > ${id}`, 'an end that is not before the start', `${start} to ${end} ms`);
    return [start / 1000, end / 1000];
  };
  return span;
}

/** Milliseconds by slot. Slots without a time, which stand in order, share the stretch between their neighbours evenly. */
function slotTimes(slots: readonly z.infer<typeof Slot>[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const [i, slot] of slots.entries()) {
    const own = slot['@TIME_VALUE'];
    const after = slots.slice(i).findIndex((one) => one['@TIME_VALUE'] !== undefined);
    const before = i === 0 ? 0 : (times.get(slots[i - 1]!['@TIME_SLOT_ID']) ?? 0);
    const next = after < 0 ? before : slots[i + after]!['@TIME_VALUE']!;
    times.set(slot['@TIME_SLOT_ID'], own ?? before + (next - before) / (after < 0 ? 1 : after + 1));
  }
  return times;
}

/** Text of an element, which may have attributes. */
function textOf(element: unknown): string {
  if (typeof element === 'string') return element.trim();
  const own = (element as { '#text'?: unknown } | null)?.['#text'];
  return typeof own === 'string' ? own.trim() : '';
}

function wrong(path: string, expected: string, received: string): WhereWhenError {
  return formatError(path, expected, received);
}

function documentOf({ clip, segments }: WrittenClip): string {
  const slots = segments.flatMap(({ startSeconds, endSeconds }) =>
    [startSeconds, endSeconds].map(milliseconds),
  );
  const document = {
    '@AUTHOR': 'wherewhen',
    '@DATE': '1970-01-01T00:00:00+00:00',
    '@FORMAT': '3.0',
    '@VERSION': '3.0',
    HEADER: {
      '@MEDIA_FILE': '',
      '@TIME_UNITS': 'milliseconds',
      MEDIA_DESCRIPTOR: {
        '@MEDIA_URL': '',
        '@MIME_TYPE': 'video/mp4',
        '@RELATIVE_MEDIA_URL': `./${clip}`,
      },
    },
    TIME_ORDER: {
      TIME_SLOT: slots.map((value, i) => ({ '@TIME_SLOT_ID': `ts${i + 1}`, '@TIME_VALUE': value })),
    },
    TIER: tiersOf(segments),
    LINGUISTIC_TYPE: {
      '@GRAPHIC_REFERENCES': 'false',
      '@LINGUISTIC_TYPE_ID': 'action',
      '@TIME_ALIGNABLE': 'true',
    },
  };
  const { XMLBuilder } = installed<typeof Xml>('fast-xml-parser', 'writes XML');
  const builder = new XMLBuilder({
    ...{ ignoreAttributes: false, attributeNamePrefix: '@', format: true },
    suppressBooleanAttributes: false, // a class may be called "true"
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ ANNOTATION_DOCUMENT: document })}`;
}

function tiersOf(segments: WrittenClip['segments']): object[] {
  const lanes = segmentLanes(segments, ({ subject = '' }) => subject);
  const tiers = new Map<string, { subject: string; annotations: object[] }>();
  for (const [i, { label, subject = '' }] of segments.entries()) {
    const id = `${subject || 'actions'}${lanes[i]! === 0 ? '' : ` ${lanes[i]! + 1}`}`;
    const tier = tiers.get(id) ?? { subject, annotations: [] };
    tiers.set(id, tier);
    tier.annotations.push({
      ALIGNABLE_ANNOTATION: {
        '@ANNOTATION_ID': `a${i + 1}`,
        '@TIME_SLOT_REF1': `ts${2 * i + 1}`,
        '@TIME_SLOT_REF2': `ts${2 * i + 2}`,
        ANNOTATION_VALUE: label,
      },
    });
  }
  return [...tiers].map(([id, { subject, annotations }]) => ({
    '@LINGUISTIC_TYPE_REF': 'action',
    ...(subject && { '@PARTICIPANT': subject }),
    '@TIER_ID': id,
    ANNOTATION: annotations,
  }));
}
