// An ELAN document a clip: a tier a subject, whole milliseconds. It has no place for boxes.
import type * as Xml from 'fast-xml-parser';
import { installed } from '../../../installed.js';
import { lanesOf, milliseconds, type AnnotationWriter, type WrittenClip } from './form.js';

/** ELAN 3.0. Annotations of a tier must not overlap there, so overlapping ones of a subject have tiers of their own. */
export const elanWriter: AnnotationWriter = {
  format: 'elan',
  ending: '.eaf',
  holds: ['segments'],
  isPerClip: true,
  write: (clips) => clips.map((clip) => ({ name: '', content: documentOf(clip) })),
};

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
  const lanes = lanesOf(segments, ({ subject = '' }) => subject);
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
