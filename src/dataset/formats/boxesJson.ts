// `boxes.json` in its two forms: tubes in the way of UCF101-24 (`{numf, class, tubes: [{sf, ef, boxes_xywh}]}`), or
// boxes on chosen frames (`{idx, boxes}`, corners that are first and last pixel).
import { z } from 'zod';
import type { Box } from '../../result.js';
import { classesOf, emptyClip, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, firstEntry, hasFields, LOOKS, type Likeness } from './format.js';
import { readJson } from './text.js';
import { groupOf } from './ucf101.js';

const Four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const TubeClip = z.object({
  numf: z.number().int(),
  class: z.string(),
  tubes: z.array(
    z
      .object({ sf: z.number().int(), ef: z.number().int(), boxes_xywh: z.array(Four) })
      .refine(
        ({ sf, ef, boxes_xywh }) => boxes_xywh.length === ef - sf,
        'one box for each frame from sf to before ef',
      ),
  ),
});
const SampledClip = z
  .object({ idx: z.array(z.number().int().min(0)), boxes: z.array(Four.nullable()) })
  .refine(({ idx, boxes }) => idx.length === boxes.length, 'as many boxes as idx');
const BoxesFile = z.union([z.record(z.string(), TubeClip), z.record(z.string(), SampledClip)]);

/** `boxes.json`. Frames count from 0. Tubes are in pixels at 320 x 240; boxes on chosen frames in the clip's own pixels. */
export const boxesJson: AnnotationFormat = {
  name: 'boxes',
  reads: 'boxes.json with tubes or with chosen frames',
  looksLike: { json: looksLike },
  async read(path) {
    const file = await readJson(path, BoxesFile);
    const clips = Object.entries(file).map(([name, clip]) =>
      'tubes' in clip ? tubeClip(name, clip) : sampledClip(name, clip),
    );
    return { format: 'boxes', classes: classesOf(clips), clips, notes: [] };
  },
};

function looksLike(value: unknown): Likeness {
  const clip = firstEntry(value);
  return (hasFields(clip, 'tubes') || hasFields(clip, 'idx', 'boxes')) && LOOKS.commonNames;
}

function tubeClip(name: string, { numf, class: label, tubes }: z.infer<typeof TubeClip>): AnnotatedClip {
  return {
    ...emptyClip(name, [label]),
    group: groupOf(name),
    frames: numf,
    width: 320,
    height: 240,
    tracks: tubes.map(({ sf, boxes_xywh }, i) => ({
      id: String(i + 1),
      label,
      boxes: boxes_xywh.map(([x, y, w, h], frame) => ({
        frame: sf + frame,
        timeSeconds: null,
        box: [x, y, x + w, y + h],
      })),
    })),
  };
}

function sampledClip(name: string, { idx, boxes }: z.infer<typeof SampledClip>): AnnotatedClip {
  const label = name.split('/')[0]!;
  const found = idx.flatMap((frame, i) => {
    const box = boxes[i];
    return box ? [{ frame, timeSeconds: null, box: [box[0], box[1], box[2] + 1, box[3] + 1] as Box }] : [];
  });
  return { ...emptyClip(name, [label]), tracks: [{ id: '1', label, boxes: found }] };
}
