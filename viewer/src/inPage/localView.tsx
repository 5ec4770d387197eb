// Clips that never leave the page: one that is dropped here is decoded by the browser and looked at by the model inside
// the page; the camera is followed in the same way. No server computes, and none is told.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { model } from '../store.js';
import { look, type PageAnswer } from './answered.js';
import { CameraView } from './cameraView.js';
import { LocalClip } from './localClip.js';
import { fetching } from './localModel.js';

/** The view. */
export function LocalView() {
  const answered = useSignal<PageAnswer | null>(null);
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
      {answered.value && <LocalClip key={answered.value.file} {...answered.value} />}
      {isCamera.value && <CameraView onFault={(text) => (fault.value = text)} />}
    </>
  );
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
