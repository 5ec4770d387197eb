// Everything that goes between the page and the server, as schemas that both import; nothing here is of Node.
// Every GET below has the name of a file, so that a static copy of the page is these answers written to disk:
//
//   api/state.json                            State
//   api/clips.json                            ClipList
//   api/clips/ID/info.json                    ClipInfo           decodes the clip once
//   api/clips/ID/video.mp4                    the file, or its copy for browsers; byte ranges
//   api/clips/ID/film.jpg, thumb.jpg          small pictures side by side; one small picture
//   api/clips/ID/labels.json                  ClipLabels         PUT: saves, 409 on a stale revision
//   api/models/KEY/answers.json               AnswerTable        what is known without computing
//   api/models/KEY/clips/ID.json              Result             computed at the first request, then kept
//   api/models/KEY/web/FILE                   model.json, backbone.onnx, head.onnx: the model as the page runs it
//   api/models/KEY/training.json              Training
//   api/teach/backbone.json, backbone.onnx    the network that the page "Teach" looks with
//   api/models/KEY/audit.json                 what `wherewhen audit` found, as it wrote it
//
// and with a server only:
//
//   GET  api/models/KEY/clips/ID/features.safetensors   what the backbone computes of a clip, `features [n,C,h,w]`
//   POST api/clips/ID/copy                    makes the copy for browsers; ClipInfo
//   POST api/models/KEY/clips/ID/range        RangeRequest -> Result of that stretch alone
//   POST api/jobs, GET api/jobs.json, DELETE api/jobs/ID
//   POST api/teach/hub                        fetches that network from the hub
//   POST api/uploads?name=NAME                the bytes of a clip -> ClipEntry
//   GET  api/labels/export?format=NAME        the saved labels as a file of that format
//   GET  api/events                           server-sent ServerEvents
//   GET  api/queue.json                       QueueState         with --queue only
//   GET  metrics                              the figures of this process and of the queue, for Prometheus
import { z } from 'zod';
import { EpochRow, EpochSample, EpochSamples } from '../epoch.js';
import { TruthClip } from '../truth.js';
import { Box, Result } from '../result.js';

export { EpochRow, EpochSample, EpochSamples, Result, TruthClip };

/** What the page asks for and gets `{ error }` instead of: the facts of a WhereWhenError. */
export const ApiError = z.object({
  error: z.object({
    code: z.string(),
    path: z.string(),
    expected: z.string(),
    received: z.string().optional(),
    hint: z.string().optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;

/** A served folder: a model, a run that has none yet, or both. `key` names it in addresses. */
export const ModelEntry = z.object({
  key: z.string(),
  name: z.string(),
  /** Twelve digits of its weights; null where no epoch has ended yet. */
  id: z.string().nullable(),
  attention: z.string().nullable(),
  backbone: z.string().nullable(),
  classes: z.array(z.string()),
  /** Frames that it looks at in a clip; 0 where it is not known yet. */
  frames: z.number().int(),
  hasTraining: z.boolean(),
  /** Its training is run by the process that serves it. */
  isRunning: z.boolean(),
  hasAudit: z.boolean(),
});
export type ModelEntry = z.infer<typeof ModelEntry>;

/** What is served, and what may be asked of it. A static copy answers no request and keeps no label. */
export const ServerState = z.object({
  version: z.literal(1),
  mode: z.enum(['server', 'static']),
  title: z.string(),
  models: z.array(ModelEntry),
  clips: z.number().int(),
  /** Formats of `labels/export`; empty where labels cannot be kept. */
  exportFormats: z.array(z.string()),
  /** Bytes that an upload may have; 0: none is taken. */
  uploadLimit: z.number().int(),
  /** Workers of a queue answer, which has a page of its own. */
  hasQueue: z.boolean().optional(),
  /** Name of the network that there is to teach with, and of the one that may be fetched from the hub; null: none. */
  teach: z
    .object({
      backbone: z.string().nullable(),
      hub: z.object({ name: z.string(), megabytes: z.number().nullable() }).nullable(),
    })
    .optional(),
});
export type ServerState = z.infer<typeof ServerState>;

/** A clip as lists name it; `label` is a place in `ClipList.classes`, -1 where no class is known. */
export const ClipListEntry = z.object({ id: z.string(), name: z.string(), label: z.number().int() });
export type ClipListEntry = z.infer<typeof ClipListEntry>;

/** All clips, a column a fact: ten thousand stay small. */
export const ClipList = z.object({
  classes: z.array(z.string()),
  ids: z.array(z.string()),
  names: z.array(z.string()),
  labels: z.array(z.number().int()),
  /** Are labels of it saved? Left out where none can be. */
  labelled: z.array(z.boolean()).optional(),
  leftOut: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type ClipList = z.infer<typeof ClipList>;

/** What is true of a clip, as far as it is known: boxes in pixels of the clip, times ascending. */
export const ClipTruth = z.object({
  label: z.string(),
  segments: z.array(z.object({ label: z.string(), startSeconds: z.number(), endSeconds: z.number() })),
  times: z.array(z.number()),
  boxes: z.array(Box.nullable()),
});
export type ClipTruth = z.infer<typeof ClipTruth>;

/** When each picture of a played file begins: at a steady rate from 0, or at `times` (seconds, one a frame) where it varies or begins late. */
export const FrameTimes = z.object({
  frames: z.number().int(),
  frameRate: z.number(),
  times: z.array(z.number()).nullable(),
});
export type FrameTimes = z.infer<typeof FrameTimes>;

/** A clip that was decoded once. `played`: what `video` serves; `needed`: a browser cannot play it, ask for a copy first. */
export const ClipInfo = z.object({
  id: z.string(),
  name: z.string(),
  label: z.string().nullable(),
  video: z.object({
    width: z.number().int(),
    height: z.number().int(),
    frames: z.number().int(),
    durationSeconds: z.number(),
    frameRate: z.number(),
    isVariableRate: z.boolean(),
    rotation: z.number(),
    codec: z.string(),
    container: z.string(),
    damagedFrames: z.number().int(),
    missingFrames: z.number().int(),
    warnings: z.array(z.string()),
  }),
  copy: z.enum(['original', 'made', 'needed']),
  played: FrameTimes,
  truth: ClipTruth.nullable(),
  film: z.object({ columns: z.number().int(), aspect: z.number() }),
});
export type ClipInfo = z.infer<typeof ClipInfo>;

/** One line a clip that was answered, a column a fact. `where` and `when` are overlaps with the truth in 0..1, null without. */
export const AnswerTable = z.object({
  model: z.string(),
  classes: z.array(z.string()),
  ids: z.array(z.string()),
  top: z.array(z.number().int()),
  probability: z.array(z.number()),
  where: z.array(z.number().nullable()),
  when: z.array(z.number().nullable()),
  warnings: z.array(z.number().int()),
  /** Is the clip unlike those that the model learnt from? Left out by older copies of the page. */
  unlike: z.array(z.boolean()).optional(),
});
export type AnswerTable = z.infer<typeof AnswerTable>;

/** Asks what a model says of a stretch of a clip alone: its frames are sampled from there. */
export const RangeRequest = z
  .object({ startSeconds: z.number().min(0), endSeconds: z.number().positive() })
  .refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds, {
    path: ['endSeconds'],
    message: 'must lie after startSeconds',
  });
export type RangeRequest = z.infer<typeof RangeRequest>;

/** Asks for the answers of a model: on all clips that it has not answered, or on these. */
export const JobRequest = z.object({
  kind: z.literal('answer'),
  model: z.string(),
  clips: z.array(z.string()).optional(),
});
export type JobRequest = z.infer<typeof JobRequest>;

/** Long work: answers of a model (`total` clips) or a copy for browsers (`total` frames). */
export const ServerJob = z.object({
  id: z.string(),
  kind: z.enum(['answer', 'copy']),
  model: z.string().nullable(),
  clip: z.string().nullable(),
  done: z.number().int(),
  total: z.number().int(),
  failed: z.number().int(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  error: z.string().nullable(),
});
export type ServerJob = z.infer<typeof ServerJob>;

/** All work of this sitting. */
export const JobList = z.object({ jobs: z.array(ServerJob) });
export type JobList = z.infer<typeof JobList>;

/** What is labelled of a clip, in the form of `truth.json`, and which version of it this is; `''` before the first. */
export const ClipLabels = z.object({
  revision: z.string(),
  truth: TruthClip.nullable(),
  /** What was mended when it was saved: boxes beyond the picture, times before the start. */
  notes: z.array(z.string()).optional(),
});
export type ClipLabels = z.infer<typeof ClipLabels>;

/** A training, running or over: all of it so far. */
export const Training = z.object({
  rows: z.array(EpochRow),
  samples: z.array(EpochSamples),
  /** Null where it is not known. */
  epochs: z.number().int().nullable(),
  isDone: z.boolean(),
  /** Weights of the loss terms; left out where they are not known. */
  weights: z.record(z.string(), z.number()).optional(),
  /** When its files last changed, milliseconds since 1970. */
  changed: z.number(),
  warnings: z.array(z.string()),
});
export type Training = z.infer<typeof Training>;

/** How the queue stands whose workers answer. Counts under `total` are since the queue was made. */
export const QueueState = z.object({
  shown: z.string(),
  /** When it was looked at, since 1970. */
  atSeconds: z.number(),
  waiting: z.number().int(),
  /** Clips that producers will queue later. */
  toCome: z.number().int(),
  active: z.number().int(),
  delayed: z.number().int(),
  failed: z.number().int(),
  workers: z.number().int(),
  /** Jobs a second. */
  rate: z.number(),
  secondsLeft: z.number().nullable(),
  setAside: z.array(z.object({ name: z.string(), reason: z.string(), tries: z.number().int() })),
  total: z.object({
    done: z.number().int(),
    failed: z.number().int(),
    setAside: z.number().int(),
    seconds: z.number(),
  }),
});
export type QueueState = z.infer<typeof QueueState>;

/** What the server tells on its own. */
export const ServerEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), started: z.number() }),
  z.object({ kind: z.literal('job'), job: ServerJob }),
  z.object({ kind: z.literal('answered'), model: z.string(), clip: z.string() }),
  z.object({ kind: z.literal('labels'), clip: z.string(), revision: z.string() }),
  z.object({ kind: z.literal('training'), model: z.string() }),
]);
export type ServerEvent = z.infer<typeof ServerEvent>;
