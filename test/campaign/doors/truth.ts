// The truth of clips as a file.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTruth } from '../../../src/evaluate/index.js';
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
