// A BORIS project file: observations of media files with their events, behaviours that are states or moments.
import { z } from 'zod';
import { checked } from '../../../checked.js';
import { ownValue } from '../../../ownValue.js';
import { pairedEvents, type BehaviourEvent, type Bout } from './bout.js';
import { inTurn, overMedia, type Media } from './media.js';

const Event = z.tuple([z.number(), z.string(), z.string()], z.unknown());
const Observation = z.object({
  type: z.string().optional(),
  file: z.union([z.record(z.string(), z.array(z.string())), z.array(z.string())]).optional(),
  events: z.array(Event),
  media_info: z
    .object({
      length: z.record(z.string(), z.number()).default({}),
      fps: z.record(z.string(), z.number()).default({}),
    })
    .partial()
    .optional(),
});
const Project = z.object({
  behaviors_conf: z.record(z.string(), z.object({ code: z.string(), type: z.string() })).default({}),
  observations: z.record(z.string(), Observation),
});
type Observation = z.infer<typeof Observation>;

/** The bouts of a project. What has no media, or a state that never stops, is told in `notes`. */
export function projectBouts(value: unknown, path: string, notes: string[]): Bout[] {
  const { behaviors_conf, observations } = checked(path, value, Project);
  const points = new Set(
    Object.values(behaviors_conf)
      .filter(({ type }) => /point/i.test(type))
      .map(({ code }) => code),
  );
  return Object.entries(observations).flatMap(([name, observation]) => {
    const place = `${path} > ${name}`;
    const media = mediaOf(observation);
    if (media.length > 0) return boutsOf(observation, { media, points, place, notes });
    notes.push(`${place}: an observation of no media file is left out`);
    return [];
  });
}

/** The files of the first player. */
function mediaOf({ file, media_info }: Observation): Media[] {
  const files = Array.isArray(file) ? file : (Object.values(file ?? {}).find((one) => one.length > 0) ?? []);
  const { length = {}, fps = {} } = media_info ?? {};
  return inTurn(
    files.map((clip) => ({ clip, length: ownValue(length, clip), frameRate: ownValue(fps, clip) })),
  );
}

function boutsOf(
  { events }: Observation,
  {
    media,
    points,
    place,
    notes,
  }: { media: Media[]; points: ReadonlySet<string>; place: string; notes: string[] },
): Bout[] {
  const scored = events.map(([seconds, subject, label, modifiers], i) => ({
    ...{ seconds, subject, label, i },
    isPoint: points.has(label),
    key: JSON.stringify([subject, label, modifiers ?? '']),
  })) satisfies BehaviourEvent[];
  const last = media.at(-1)!;
  const end = last.length === undefined ? undefined : last.from + last.length;
  const pairs = pairedEvents(scored, end, ({ label, seconds }, isKept) =>
    notes.push(
      `${place}: ${label} starts at ${seconds} s and never stops, ${isKept ? 'kept to the end' : 'left out'}`,
    ),
  );
  return pairs.flatMap(({ event: { label, subject }, startSeconds, endSeconds }) =>
    overMedia({ label, subject, startSeconds, endSeconds }, media),
  );
}
