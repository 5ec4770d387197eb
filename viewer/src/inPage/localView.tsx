// Clips that never leave the page: one that is dropped here is decoded by the browser and looked at by the model inside
// the page; the camera is followed in the same way. No server computes, and none is told.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { model } from '../store.js';
import { look, type PageAnswer } from './answered.js';
import { CameraView } from './cameraView.js';
import { LocalClip } from './localClip.js';
import { fetching } from './localModel.js';
import { texts } from '../words/index.js';

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
      note.value = texts.value.here.spent(reading.toFixed(1), features.toFixed(1), head.toFixed(2));
    } catch (error) {
      if (abort.signal.aborted) return;
      note.value = '';
      fault.value = (error as Error).message;
    }
  };
  useDrop((file) => void take(file));
  useEffect(() => () => running.current?.abort(), []);
  const busy = fetching.value || note.value;
  const t = texts.value.here;
  return (
    <>
      <section class="sheet plain here" aria-labelledby="here-title">
        <h1 id="here-title">{t.title}</h1>
        <p class="note">{model.value ? t.says(model.value.name) : t.noModel}</p>
        {model.value && (
          <div class="group">
            <label class="button">
              {t.open}
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
              {isCamera.value ? t.stopCamera : t.useCamera}
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
