// Clip and frame out of the name of a frame's picture: of a folder of its own, or of a flat folder of many clips' frames,
// as CVAT (`frame_000012.PNG`) and Roboflow (`run1_mp4-12_jpg.rf.0a1b2c.jpg`) write them.
import { basename, dirname, extname } from 'node:path';
import { VIDEO_ENDINGS } from '../../video/mediaNames.js';

/** A picture's clip, and its frame where the name tells it. */
export interface FrameName {
  clip: string;
  frame?: number;
  /** As Roboflow names pictures: it counts them from 0, at the rate that was chosen there, and may add changed copies. */
  isRoboflow?: true;
  /** Nothing names the clip. */
  isGuessed?: true;
}

const ROBOFLOW = /_(?:jpe?g|png|bmp|webp)\.rf\.[0-9a-z]+$/i;
const NUMBERED = /^(.*?)(?:[_\-. ]*(?:frame|frames|img|image))?[_\-. ]*(\d+)$/i;
/** Folders that are named after no clip. */
const GENERAL = /^(\.|images?|frames|data|default|train|valid?|validation|test|obj_train_data|img1?)$/i;

/** `run1.mp4` and 12 of `run1_mp4-12_jpg.rf.0a1b.jpg` or `run1_frame_000012.png` (then `run1`); the clip may be empty. */
export function splitFrameName(file: string): FrameName {
  const plain = basename(file, extname(file));
  const stem = plain.replace(ROBOFLOW, '');
  const found = NUMBERED.exec(stem);
  const clip = found?.[1] ?? stem;
  if (stem === plain) return found ? { clip, frame: Number(found[2]) } : { clip };
  const named = { clip: withEnding(clip), isRoboflow: true as const };
  return found ? { ...named, frame: Number(found[2]) } : named;
}

/**
 * How the pictures of a set name their clips. A folder that holds the frames of one clip is that clip, its frames in order;
 * in a flat folder of several clips, or one of a general name, the pictures' own names tell. Where nothing does, the clip is
 * named after the annotation file, and the notes say so.
 */
export function clipOfFrame(
  files: readonly string[],
  { path, notes }: { path: string; notes: string[] },
): (file: string) => FrameName {
  const inFolder = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    inFolder.set(folder, (inFolder.get(folder) ?? new Set()).add(splitFrameName(file).clip));
  }
  const stem = basename(path, extname(path));
  let isNameless = false;
  const name = (file: string): FrameName => {
    const folder = dirname(file);
    const own = splitFrameName(file);
    const isFlat = GENERAL.test(basename(folder)) || (inFolder.get(folder)?.size ?? 0) > 1;
    if (!isFlat) return { clip: folder };
    if (own.clip !== '') return own;
    if (!isNameless)
      notes.push(`${path}: the pictures do not name their clip: taken as ${stem}, as the file`);
    isNameless = true;
    return { ...own, clip: stem, isGuessed: true };
  };
  return name;
}

/** What a reader says once of Roboflow's pictures, and how many changed copies of pictures it leaves out. */
export function roboflowNotes(path: string, copies: number): string[] {
  const rate =
    'pictures of Roboflow are counted at the rate that was chosen there: they are frames where all were taken';
  const out = `${copies} changed copies of pictures are left out`;
  return [`${path}: ${rate}`, ...(copies > 0 ? [`${path}: ${out}`] : [])];
}

/** `run1_mp4` is how `run1.mp4` becomes the name of a picture. */
function withEnding(stem: string): string {
  const found = /^(.+)_([a-z0-9]+)$/i.exec(stem);
  const isVideo = found !== null && VIDEO_ENDINGS.includes(`.${found[2]!.toLowerCase()}`);
  return isVideo ? `${found[1]!}.${found[2]!}` : stem;
}
