// What one clip shows by itself: whether it decodes, how much of it is there, whether there is anything to see.
import type { WhereWhenError } from '../../errors.js';
import type { Clip } from '../../video/index.js';
import { remark, unusable, type DoctorFinding } from './form.js';
import type { MovingPicture } from './fingerprint.js';

/** Fewer frames hold no action; the unimodal term needs three. */
export const LEAST_FRAMES = 8;
/** One or two missing frames are a habit of AVI's encoders; more than this share of a clip is a cut. */
const MISSING = { frames: 2, share: 0.02 };
const DAMAGED_SHARE = 0.01;
/** A picture is black when no pixel of its thumbnail is brighter than this grey level. */
const BLACK_LEVEL = 24;
const BLACK_SHARE = 0.9;
/** A clip of one colour: nothing differs by more than noise, within a frame or over time. */
const FLAT = { scene: 4, amount: 1 };
/** Rates that differ from the set's middle rate by more than this factor. */
const RATE_FACTOR = 1.9;

/** A clip that does not decode at all. */
export function corruptFinding(name: string, { received, expected, hint }: WhereWhenError): DoctorFinding {
  const says = received ?? `not ${expected}`;
  return unusable('corrupt', name, says, hint ?? 'copy or convert it again from its source');
}

/** Everything about a clip that decodes. */
export function clipFindings(name: string, clip: Clip, picture: MovingPicture): DoctorFinding[] {
  const { info, damagedFrames, missingFrames } = clip;
  const findings: DoctorFinding[] = [];
  const declared = info.frames + missingFrames;
  if (info.frames < LEAST_FRAMES)
    findings.push(
      unusable(
        'short',
        name,
        `${info.frames} frame${info.frames === 1 ? '' : 's'} (${info.durationSeconds.toFixed(2)} s), fewer than ${LEAST_FRAMES}`,
        'leave it out, or cut it longer from its source',
      ),
    );
  const isCut = missingFrames > MISSING.frames && missingFrames > MISSING.share * declared;
  if (isCut)
    findings.push(
      unusable(
        'truncated',
        name,
        `${missingFrames} of ${declared} frames are missing`,
        'copy it again: the file was cut off',
      ),
    );
  // A cut goes through a frame: that one says nothing more.
  const damaged = damagedFrames - (isCut ? 1 : 0);
  if (damaged > DAMAGED_SHARE * info.frames)
    findings.push(
      remark(
        'damaged',
        name,
        `${damagedFrames} of ${info.frames} frames are damaged`,
        'look at it; convert it again from its source',
      ),
    );
  const nothing = nothingToSee(picture);
  if (nothing)
    findings.push(unusable('black', name, nothing, 'leave it out: there is nothing to learn from'));
  if (info.isVariableRate)
    findings.push(
      remark(
        'variable-rate',
        name,
        `its frame rate varies around ${info.frameRate.toFixed(2)} a second`,
        'times are read frame by frame here; convert it to a steady rate (ffmpeg -r) for other tools',
      ),
    );
  if (info.rotation !== 0)
    findings.push(
      remark(
        'rotated',
        name,
        `its pictures are stored turned by ${info.rotation} degrees`,
        'it is turned upright here; convert it (ffmpeg does so) for tools that do not',
      ),
    );
  return findings;
}

/** Why there is nothing to see, or undefined. */
function nothingToSee({ scene, movement, times, amount }: MovingPicture): string | undefined {
  const pixels = scene.length;
  let black = 0;
  for (let moment = 0; moment < times.length; moment++) {
    const isBlack = scene.every((grey, p) => grey + movement[moment * pixels + p]! <= BLACK_LEVEL);
    if (isBlack) black++;
  }
  if (black === times.length) return 'every frame is black';
  if (black >= BLACK_SHARE * times.length)
    return `${Math.round((100 * black) / times.length)} % of it is black`;
  const range = Math.max(...scene) - Math.min(...scene);
  return range < FLAT.scene && amount < FLAT.amount ? 'every frame is of one colour' : undefined;
}

/** Clips whose frame rate is far from the middle one of the set. */
export function rateFindings(clips: readonly { name: string; frameRate: number }[]): DoctorFinding[] {
  const rates = clips.map(({ frameRate }) => frameRate).sort((a, b) => a - b);
  const middle = rates[rates.length >> 1] ?? 0;
  return clips
    .filter(({ frameRate }) => Math.max(frameRate / middle, middle / frameRate) > RATE_FACTOR)
    .map(({ name, frameRate }) =>
      remark(
        'odd-rate',
        name,
        `${frameRate.toFixed(2)} frames a second where the set has ${middle.toFixed(2)}`,
        'check that the rate is true: a wrong one makes movements fast or slow; a rate that goes with a class is a shortcut',
      ),
    );
}
