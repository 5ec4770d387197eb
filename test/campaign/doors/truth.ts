// JSON that is read whole: the truth, an answer that was written down, and the settings of a training.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTruth } from '../../../src/evaluate/index.js';
import { parseResult } from '../../../src/result.js';
import { parseRecipe } from '../../../src/train/index.js';
import { inputError } from '../../../src/errors.js';
import { judged, requireFinite, type OpenDoor } from '../door.js';
import { mutatedJson } from '../mutate.js';

const clip = {
  ...{ label: 'x', startSeconds: 0, endSeconds: 2, width: 100, height: 50 },
  frames: [{ index: 0, timeSeconds: 0, box: [10, 10, 20, 20] }],
  instances: [{ label: 'x', startSeconds: 0, endSeconds: 2 }],
  actors: [{ label: 'x', frames: [{ index: 1, timeSeconds: 0.1, box: [1, 1, 9, 9] }] }],
};

/** A truth file on the disk; what is taken of it is finite, in order and inside the picture. */
export const openTruth: OpenDoor = async (folder) => {
  const path = join(folder, 'truth.json');
  return {
    attempt: async (random) => {
      await writeFile(path, mutatedJson(random, { version: 1, clips: { 'a.mp4': clip, 'b.mp4': clip } }));
      return judged(async () => {
        const truth = await readTruth(path);
        requireFinite(truth);
        for (const one of Object.values(truth.clips)) {
          if (one.endSeconds < one.startSeconds || one.startSeconds < 0)
            throw new Error('times that cannot be');
          for (const { box } of one.frames)
            if (box && (box[2] < box[0] || box[3] < box[1] || box[0] < 0 || box[2] > one.width))
              throw new Error(`a box that cannot be: ${box.join()}`);
        }
      });
    },
  };
};

const recipe = {
  ...{ epochs: 1, batch: 2, frames: 4, validation: 0.2, learningRate: 0.001, seed: 1 },
  transform: { size: { width: 16, height: 16 }, mean: [0, 0, 0], std: [1, 1, 1] },
  attention: { form: 'joint', hidden: 8 },
};

/** The settings of a training. */
export const openRecipes: OpenDoor = async () => ({
  attempt: (random) => judged(() => requireFinite(parseRecipe(parsed(mutatedJson(random, recipe)) as never))),
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
