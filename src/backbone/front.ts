// A backbone of which only the last stages are trained: the front before them is frozen and stands beside the model as
// any frozen network does; the stages are a part of the model.
import { usageError } from '../errors.js';
import type { BackboneSettings } from './kinds.js';
import { resnetKinds, stageBefore, stageNames, type StageName } from './resnet.js';

type LaterStage = Exclude<StageName, 'layer1'>;

/** Is a part of this backbone frozen in front of stages that are trained? */
export function hasFront(settings: object): boolean {
  return 'from' in settings && settings.from !== undefined;
}

/** The settings of the frozen front of a backbone that is trained from a stage on. */
export function frontOf(settings: BackboneSettings): BackboneSettings {
  return { ...wholeOf(settings), stages: [stageBefore(settings.from as LaterStage)] };
}

/** The settings of the same network in one piece, from frames to features. */
export function wholeOf(settings: BackboneSettings): BackboneSettings {
  const whole = { ...settings };
  delete whole.from;
  return whole;
}

/** `settings` trained from `stage` on. Throws `usage` for a backbone without stages, and for a stage that there is not. */
export function trainedFrom(settings: BackboneSettings, stage: string): BackboneSettings {
  const isResnet = resnetKinds.some((kind) => kind === settings.kind);
  const later = stageNames.slice(1);
  if (isResnet && later.some((name) => name === stage)) return { ...settings, from: stage };
  throw usageError(
    isResnet ? 'backbone.from' : 'backbone.kind',
    isResnet ? `one of ${later.join(', ')}` : `one of ${resnetKinds.join(', ')}`,
    isResnet ? stage : settings.kind,
    isResnet ? undefined : 'only networks that are written in the graph can be trained stage by stage',
  );
}
