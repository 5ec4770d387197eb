// Takes from the camera: a countdown, then a clip of a fixed length in the form that the browser records.
import { texts } from '../words/index.js';

/** How a take is recorded. */
export interface RecordOptions {
  countdownSeconds: number;
  lengthSeconds: number;
  signal: AbortSignal;
  /** Seconds left before it begins; 0 while it records. */
  onCount: (seconds: number) => void;
}

/** Forms in order of preference: VP8 costs the least to make. */
const TYPES = ['video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

/** Records one clip. Throws the signal's reason, and what the browser says of a recording that failed. */
export async function record(stream: MediaStream, options: RecordOptions): Promise<Blob> {
  const { countdownSeconds, lengthSeconds, signal, onCount } = options;
  for (let left = countdownSeconds; left > 0; left--) {
    onCount(left);
    await pause(1000, signal);
  }
  onCount(0);
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 2_500_000 });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise<void>((resolve, reject) => {
    recorder.addEventListener('stop', () => resolve(), { once: true });
    recorder.addEventListener('error', (event) => reject(faultOf(event)), { once: true });
  });
  const started = new Promise((resolve) => recorder.addEventListener('start', resolve, { once: true }));
  recorder.start();
  await Promise.race([started, ended]);
  await pause(1000 * lengthSeconds, signal).finally(() => recorder.state !== 'inactive' && recorder.stop());
  await ended;
  return new Blob(parts, { type: recorder.mimeType.split(';')[0] });
}

function faultOf(event: Event): Error {
  const { error } = event as Event & { error?: Error };
  return error ?? new Error(texts.value.learn.stoppedRecording);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
