// CVAT XML 1.1 for video: `<track label><box frame outside xtl ytl xbr ybr/></track>`; frames count from 0.
import { z } from 'zod';
import { WhereWhenError } from '../../errors.js';
import { addLabel, classesOf, emptyClip, type AnnotationReader, type Track } from './form.js';
import { interpolated } from './interpolate.js';
import { readXml } from './text.js';

const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'expected a number')
  .transform(Number);
const BoxElement = z
  .object({
    '@frame': number,
    '@outside': z.enum(['0', '1']),
    '@xtl': number,
    '@ytl': number,
    '@xbr': number,
    '@ybr': number,
  })
  .refine(
    (b) => b['@xbr'] >= b['@xtl'] && b['@ybr'] >= b['@ytl'],
    'a box must have xtl <= xbr and ytl <= ybr',
  );
const Size = z.object({ width: number, height: number });
const Task = z.object({
  name: z.string().optional(),
  size: number.optional(),
  source: z.string().optional(),
  original_size: Size.optional(),
});
const CvatFile = z.object({
  annotations: z.object({
    meta: z
      .object({ task: Task.optional(), source: z.string().optional(), original_size: Size.optional() })
      .optional(),
    track: z
      .array(z.object({ '@id': z.string(), '@label': z.string(), box: z.array(BoxElement).default([]) }))
      .default([]),
    image: z.array(z.unknown()).optional(),
  }),
});

/** A CVAT video task: one clip, its tracks with a box on each frame between drawn ones. */
export const cvat: AnnotationReader = {
  format: 'cvat',
  reads: 'annotations.xml, "CVAT for video 1.1"',
  async read(path) {
    const parsed = CvatFile.safeParse(await readXml(path, ['track', 'box', 'image']));
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      throw fault([path, ...issue.path.map(String)].join(' > '), issue.message);
    }
    const { meta, track, image } = parsed.data.annotations;
    if (image) throw fault(path, 'CVAT for video 1.1, with tracks; this file lists images');
    const tracks = track.map((t): Track => ({
      id: t['@id'],
      label: t['@label'],
      boxes: interpolated(
        t.box.map((b) => ({
          frame: b['@frame'],
          isShown: b['@outside'] === '0',
          box: [b['@xtl'], b['@ytl'], b['@xbr'], b['@ybr']],
        })),
      ),
    }));
    const size = meta?.original_size ?? meta?.task?.original_size;
    const clip = emptyClip(meta?.source ?? meta?.task?.source ?? meta?.task?.name ?? path);
    if (size) [clip.width, clip.height] = [size.width, size.height];
    if (meta?.task?.size !== undefined) clip.frames = meta.task.size;
    clip.tracks = tracks;
    for (const { label } of tracks) addLabel(clip, label);
    return { format: 'cvat', classes: classesOf([clip]), clips: [clip], notes: [] };
  },
};

function fault(path: string, expected: string): WhereWhenError {
  return new WhereWhenError({ code: 'format', path, expected });
}
