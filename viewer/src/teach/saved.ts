// The lesson as one zip: takes with their clips and marks, the network and what was learnt; written here, read here, and opened
// by the command line as a model folder and a data set.
import type { TeachZip, ZippedTake } from '../../../src/teach/index.js';
import { texts } from '../words/index.js';
import { backbone, open } from './backbone.js';
import { clipOf } from './clipsOfTakes.js';
import { actionNamed, actions, clearLesson, isComing, takes } from './lesson.js';
import { lessonText, openKept, taughtModel } from './learn.js';
import { idOf } from './takeFacts.js';
import type { Take } from './take.js';
import { takeClip } from './takeIn.js';
import { taught } from './taught.js';

/** Saves everything as a download; gives the name of its file. Throws where there is no network yet, or too much of it. */
export async function saveLesson(): Promise<string> {
  const now = backbone.value;
  if (now.state !== 'ready') throw new Error(texts.value.backbone.none);
  const { writeTeachZip } = await import('../../../src/teach/index.js');
  const model = await taughtModel();
  const zipped = await Promise.all(takes.value.map(zippedTake));
  const { learner } = now;
  const bytes = writeTeachZip({
    ...(model && { model }),
    takes: zipped.filter((one) => one !== null),
    backbone: learner.backbone,
    network: learner.network,
  });
  const name = `${
    actions.value
      .map(({ name: one }) => one)
      .join('-')
      .slice(0, 60)
      .replace(/[^\p{L}\p{N}]+/gu, '-') || 'lesson'
  }.zip`;
  download(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' }), name);
  return name;
}

async function zippedTake(take: Take): Promise<ZippedTake | null> {
  const clip = await clipOf(take);
  const label = actions.value.find(({ id }) => id === take.action)?.name;
  if (!clip || label === undefined) return null;
  const id = idOf(take);
  return {
    ...{ id, label, group: take.group || id, isHeldOut: take.isTest, marks: [...take.marks] },
    clip: new Uint8Array(await clip.arrayBuffer()),
  };
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // until the browser has taken it
}

/** What a file held. */
export interface OpenedFile {
  count: number;
  hasModel: boolean;
}

/** Opens a saved lesson in place of the one on the page. It is checked as a whole before anything of the old one is touched. */
export async function openSaved(file: File): Promise<OpenedFile> {
  const { readTeachZip } = await import('../../../src/teach/index.js');
  const zip = readTeachZip(new Uint8Array(await file.arrayBuffer()), file.name);
  await clearLesson();
  taught.value = null;
  const { network } = zip;
  isComing.value = true; // nothing is learnt of a part of it
  try {
    for (const take of zip.takes) await takeBack(take);
    if (zip.model) await keepTaught(zip);
    if (network) await open(() => Promise.resolve({ name: file.name, description: zip.backbone, network }));
  } finally {
    isComing.value = false;
  }
  return { count: takes.value.length, hasModel: zip.model !== undefined };
}

async function takeBack({
  id,
  label,
  group,
  isHeldOut = false,
  marks = [],
  clip,
}: ZippedTake): Promise<void> {
  const action = actionNamed(label)!;
  const type = id.endsWith('.webm') ? 'video/webm' : 'video/mp4';
  const film = new File([clip as Uint8Array<ArrayBuffer>], id, { type });
  const origin = {
    action: action.id,
    source: 'file',
    group: group === id ? '' : group,
    isTest: isHeldOut,
    marks,
  };
  await takeClip(film, { ...origin, source: 'file' });
}

async function keepTaught({ model, backbone: described }: TeachZip): Promise<void> {
  const { identityOfWeights } = await import('../../../src/teach/weights.js');
  const found = { id: identityOfWeights(model!.tensors), ...model!, figures: null };
  openKept({ identity: described.backbone.identity, lesson: lessonText(), taught: found });
}
