// SoccerNet's `Labels-v2.json`: moments of a game, `gameTime` "1 - 12:34" with the half before it and `position` in
// milliseconds of that half's video; the team is who does it.
import { z } from 'zod';
import { filesOf } from './files.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, hasFields, LOOKS } from './format.js';
import { readJson } from './text.js';
import { json, milliseconds, type WrittenClip } from './written.js';

const Milliseconds = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, 'expected milliseconds')])
  .transform(Number);
const LabelsFile = z.object({
  UrlLocal: z.string().default(''),
  annotations: z.array(
    z
      .object({
        gameTime: z.string().regex(/^\d+ - \d+:\d+/, 'expected a half and a time as "1 - 12:34"'),
        label: z.string(),
        position: Milliseconds.optional(),
        endPosition: Milliseconds.optional(),
        team: z.string().optional(),
      })
      .refine(
        ({ position = 0, endPosition = Infinity }) => endPosition >= position,
        'an end must not lie before its start',
      ),
  ),
});

/** Ways in which the video of a half is named. */
const HALVES = ['_224p', '_720p', '_HQ', ''];
const NOBODY = /^(not applicable|)$/i;

/**
 * SoccerNet's actions as moments (or stretches, where our writer told an end): one clip a half, found as
 * `GAME/1_224p.mkv`, `1_720p`, `1_HQ` or `1`; where `UrlLocal` is no folder it is the clip itself.
 */
export const soccernet: AnnotationFormat = {
  name: 'soccernet',
  reads: 'Labels-v2.json, a folder of its like, or the folders of a league',
  looksLike: {
    inFolder: /^Labels-v2\.json$/i,
    isNested: true,
    json: (value) => hasFields(value, 'UrlLocal', 'annotations') && LOOKS.ownNames,
  },
  async read(path) {
    const clips = new Map<string, AnnotatedClip>();
    const all = await filesOf(path, /\.json$/i, 'JSON files of labels');
    const labels = all.filter((file) => /(^|[/\\])Labels-v\d+\.json$/i.test(file)); // beside features and videos of a game
    for (const file of labels.length > 0 ? labels : all) {
      const { UrlLocal, annotations } = await readJson(file, LabelsFile);
      for (const one of annotations) {
        const half = /^\d+/.exec(one.gameTime)![0];
        const names = namesOf(UrlLocal, half);
        const clip = clipNamed(clips, names[0]!);
        if (names.length > 1) clip.alsoNamed = names.slice(1);
        addMoment(clip, one);
      }
    }
    const found = [...clips.values()];
    return { format: 'soccernet', classes: classesOf(found), clips: found, notes: [] };
  },
  /** `Labels-v2.json`. SoccerNet knows moments: the end of a stretch stands in a field of our own, which others pass over. */
  written: {
    ending: '.json',
    holds: ['segments'],
    isPerClip: true,
    write: (clips) => clips.map((clip) => ({ name: '', content: json(fileOf(clip)) })),
  },
};

function namesOf(place: string, half: string): string[] {
  if (place !== '' && !place.endsWith('/')) return [place];
  return HALVES.map((ending) => `${place}${half}${ending}`);
}

function addMoment(clip: AnnotatedClip, one: z.infer<typeof LabelsFile>['annotations'][number]): void {
  const [minutes, seconds] = /(\d+):(\d+)/.exec(one.gameTime)!.slice(1).map(Number) as [number, number];
  const start = (one.position ?? 1000 * (60 * minutes + seconds)) / 1000;
  const end = one.endPosition === undefined ? start : one.endPosition / 1000;
  const { label, team = '' } = one;
  addLabel(clip, label);
  const who = NOBODY.test(team) ? {} : { subject: team };
  clip.segments.push({ label, startSeconds: start, endSeconds: end, ...who });
}

function fileOf({ clip, segments }: WrittenClip): object {
  const annotations = segments.map(({ label, subject, startSeconds, endSeconds }) => {
    const [start, end] = [startSeconds, endSeconds].map(milliseconds) as [number, number];
    return {
      gameTime: `1 - ${two(start / 60_000)}:${two((start / 1000) % 60)}`,
      label,
      position: String(start),
      ...(end > start && { endPosition: String(end) }),
      team: subject ?? 'not applicable',
      visibility: 'visible',
    };
  });
  return { UrlLocal: clip, UrlYoutube: '', annotations };
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
