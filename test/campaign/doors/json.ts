// JSON that is handed in: an answer that was written down, and the settings of a training.
import { inputError } from '../../../src/errors.js';
import { parseResult } from '../../../src/result.js';
import { parseRecipe } from '../../../src/train/recipe/recipe.js';
import { judged, requireFinite, type OpenDoor } from '../door.js';
import { mutatedJson } from '../mutate.js';

const small = {
  ...{ epochs: 1, batch: 2, frames: 4, validation: 0.2, learningRate: 0.001, seed: 1 },
  transform: { size: { width: 16, height: 16 }, mean: [0, 0, 0], std: [1, 1, 1] },
  attention: { form: 'joint', hidden: 8 },
};
const frozen = { ...small, backbone: { kind: 'resnet18' }, sampling: 'even', losses: { unimodal: 1 } };

/** The settings of a training. */
export const openRecipes: OpenDoor = async () => ({
  attempt: (random) =>
    judged(() =>
      requireFinite(parseRecipe(parsed(mutatedJson(random, random.pick([small, frozen]))) as never)),
    ),
});

const frames = [0, 1].map((i) => ({ index: i, timeSeconds: i / 10, weight: 0.5, box: [1, 1, 9, 9] }));
const answer = {
  ...{ version: 2, clip: 'a.mp4', model: { id: '0123456789ab', attention: 'joint', backbone: 'small' } },
  video: {
    ...{ width: 64, height: 48, frames: 2, frameRate: 10, durationSeconds: 0.2 },
    ...{ damagedFrames: 0, missingFrames: 0 },
  },
  classes: [
    { label: 'x', probability: 0.75 },
    { label: 'y', probability: 0.25 },
  ],
  ...{ frames, actors: [], warnings: [] },
  segments: [{ label: 'x', startSeconds: 0, endSeconds: 0.1, score: 0.5 }],
};

/** An answer, as `report` and the page read it. */
export const openResults: OpenDoor = async () => {
  parseResult(answer); // the good one is good
  return {
    attempt: (random) =>
      judged(() => requireFinite(parseResult(parsed(mutatedJson(random, answer)), 'answer.json'))),
  };
};

/** JSON, or the refusal that every reader of files gives to what is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw inputError('text', 'JSON', undefined, undefined, cause);
  }
}
