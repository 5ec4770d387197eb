// Clips that never leave the page: one that is dropped here is decoded by the browser and looked at by the model inside
// the page; the camera is followed in the same way. No server computes, and none is told.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Result } from '../../../src/result.js';
import { model } from '../store.js';
import { CameraView } from './cameraView.js';
import type { PageClip } from './clipFile.js';
import { HereClip } from './hereClip.js';
import { fetching, modelHere } from './modelHere.js';

/** A clip that was read and answered here. */
export interface Answered {
  file: File;
  clip: PageClip;
  result: Result;
  /** Of reading, of the backbone and of the head, in seconds. */
  spent: { reading: number; features: number; head: number };
}

/** The view. */
export function HereView() {
  const answered = useSignal<Answered | null>(null);
  const isCamera = useSignal(false);
  const note = useSignal('');
  const fault = useSignal('');
  const running = useRef<AbortController | null>(null);
  const take = async (file: File): Promise<void> => {
    running.current?.abort();
    const abort = (running.current = new AbortController());
    [isCamera.value, answered.value, fault.value] = [false, null, ''];
    try {
      const done = await look(file, abort.signal, (text) => (note.value = text));
      if (abort.signal.aborted) return;
      answered.value = done;
      const { reading, features, head } = done.spent;
      note.value = `Answered in this page: reading ${reading.toFixed(1)} s, features ${features.toFixed(1)} s, answer ${head.toFixed(2)} s.`;
    } catch (error) {
      if (abort.signal.aborted) return;
      note.value = '';
      fault.value = (error as Error).message;
    }
  };
  useDrop((file) => void take(file));
  useEffect(() => () => running.current?.abort(), []);
  const busy = fetching.value || note.value;
  return (
    <>
      <section class="sheet plain here" aria-labelledby="here-title">
        <h1 id="here-title">In this page</h1>
        <p class="note">
          {model.value
            ? `A clip that you drop here, or your camera, is looked at by ${model.value.name} inside this page. Nothing is uploaded.`
            : 'No model is served: there is nothing to look with.'}
        </p>
        {model.value && (
          <div class="group">
            <label class="button">
              Open a clip …
              <input
                id="here-file"
                type="file"
                accept="video/*,.mkv"
                class="unseen"
                onChange={({ currentTarget }) =>
                  currentTarget.files?.[0] && void take(currentTarget.files[0])
                }
              />
            </label>
            <button
              id="camera"
              type="button"
              aria-pressed={isCamera.value}
              onClick={() => {
                running.current?.abort();
                [answered.value, note.value, fault.value] = [null, '', ''];
                isCamera.value = !isCamera.value;
              }}
            >
              {isCamera.value ? 'Stop the camera' : 'Use the camera'}
            </button>
          </div>
        )}
        <p role="status" class="note" id="here-note">
          {busy}
        </p>
        {fault.value !== '' && (
          <p role="alert" class="bad" id="here-fault">
            {fault.value}
          </p>
        )}
      </section>
      {answered.value && <HereClip key={answered.value.file} {...answered.value} />}
      {isCamera.value && <CameraView onFault={(text) => (fault.value = text)} />}
    </>
  );
}

/** Decodes, computes features and answers. Throws what a reader understands, and the abort's reason. */
async function look(file: File, signal: AbortSignal, say: (text: string) => void): Promise<Answered> {
  const opened = await modelHere();
  signal.throwIfAborted();
  const { frames, sampling, transform } = opened.config;
  const { readClipFile } = await import('./clipFile.js');
  const onProgress = (done: number, total: number): void =>
    say(`Reading the clip: ${done} of ${total} frames`);
  const clock = stopwatch();
  const clip = await readClipFile(file, { frames, sampling, ...transform }, { signal, onProgress });
  const reading = clock();
  say('The model looks at the clip …');
  const { width, height } = transform.size;
  const features = await opened.features({
    ...{ dtype: 'uint8', data: clip.frames },
    shape: [frames, height, width, 3],
  });
  const seeing = clock();
  const flow = async () =>
    (await import('./clipFlow.js')).clipFlow(file, clip, {
      signal,
      onProgress: (done, total) => say(`How the actor moves: ${done} of ${total} frames`),
    });
  const { result } = await opened.answer(features, clip, file.name, { flow });
  return { file, clip, result, spent: { reading, features: seeing, head: clock() } };
}

/** Seconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const spent = (now - last) / 1000;
    last = now;
    return spent;
  };
}

function useDrop(take: (file: File) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) latest.current(file);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, []);
}
