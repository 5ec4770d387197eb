// Recording takes: one after the other where several are wanted, each with its countdown, into one action.
import { signal } from '@preact/signals';
import { texts } from '../words/index.js';
import { openCamera } from './camera.js';
import { removeTake, takes } from './lesson.js';
import { record } from './recorder.js';
import type { Action, Take } from './take.js';
import { takeClip } from './takeIn.js';

/** What is being recorded, for the picture of the camera. */
export interface Recording {
  action: Action;
  /** Seconds until it begins; 0 while it records. */
  countdown: number;
  cancel: () => void;
}

/** How takes are recorded: the reader's choice outlives the action. */
export interface RecordSettings {
  countdownSeconds: number;
  lengthSeconds: number;
  /** Takes in a row. */
  series: number;
  /** Who is seen. */
  group: string;
}

/** Now being recorded. */
export const recording = signal<Recording | null>(null);
export const recordSettings = signal<RecordSettings>({
  countdownSeconds: 3,
  lengthSeconds: 2,
  series: 1,
  group: '',
});
/** What recording came to, for the reader. */
export const recordNote = signal('');

/** Records takes of an action. What the camera says stands at the camera; what goes wrong besides in {@link recordNote}. */
export async function recordTakes(
  action: Action,
  { count = recordSettings.value.series, isTest = false } = {},
): Promise<void> {
  if (recording.value !== null) return;
  const abort = new AbortController();
  const tell = (countdown: number): void =>
    void (recording.value = { action, countdown, cancel: () => abort.abort() });
  recordNote.value = '';
  tell(recordSettings.value.countdownSeconds);
  try {
    const stream = await openCamera();
    const how = { tell, signal: abort.signal, isTest };
    for (let i = 0; stream && i < count; i++) await recordOne(stream, action, how);
  } catch (error) {
    if (!abort.signal.aborted) recordNote.value = texts.value.camera.failed((error as Error).message);
  } finally {
    recording.value = null;
  }
}

/** Records a take anew: the old one goes when the new one is there. */
export async function retake(take: Take, action: Action): Promise<void> {
  const before = takes.value.length;
  await recordTakes(action, { count: 1, isTest: take.isTest });
  if (takes.value.length > before) await removeTake(take.id);
}

interface Telling {
  tell: (countdown: number) => void;
  signal: AbortSignal;
  isTest: boolean;
}

async function recordOne(
  stream: MediaStream,
  action: Action,
  { tell, signal: abort, isTest }: Telling,
): Promise<void> {
  const { group, ...settings } = recordSettings.value;
  const blob = await record(stream, { ...settings, signal: abort, onCount: tell });
  const number = takes.value.filter((take) => take.action === action.id).length + 1;
  const end = blob.type === 'video/mp4' ? 'mp4' : 'webm';
  const clip = new File([blob], `${action.name}-${number}.${end}`, { type: blob.type });
  const take = await takeClip(clip, { action: action.id, source: 'camera', group: group.trim(), isTest });
  const place = takes.value.filter((one) => one.action === action.id).indexOf(take) + 1;
  recordNote.value = texts.value.camera.recorded(texts.value.take.name(action.name, place));
}
