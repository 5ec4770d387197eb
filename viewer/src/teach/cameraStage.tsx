// The camera's picture: what is recorded is counted down over it, and what the model sees is drawn over it.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { texts } from '../words/index.js';
import { camera, closeCamera, openCamera, type CameraFault } from './camera.js';
import { LiveAnswer } from './liveAnswer.js';
import { LiveOverlay } from './liveOverlay.js';
import { followCamera, live } from './live.js';
import { heldMoment } from './opened.js';
import { recording, recordNote } from './recording.js';
import { isLearning, taught } from './taught.js';

/** The stage with the live answer below it. */
export function CameraStage() {
  const t = texts.value.camera;
  const state = camera.value;
  const isMirrored = useSignal(true);
  return (
    <section class="sheet camera" aria-labelledby="camera-title">
      <header class="camera-head">
        <h2 class="small" id="camera-title">
          {taught.value ? texts.value.live.title : t.title}
        </h2>
        <span class="grow" />
        {state.state === 'on' && (
          <label class="check">
            <input
              type="checkbox"
              checked={isMirrored.value}
              onChange={({ currentTarget }) => (isMirrored.value = currentTarget.checked)}
            />{' '}
            {t.mirror}
          </label>
        )}
        <button
          id="teach-camera"
          type="button"
          disabled={recording.value !== null || state.state === 'opening'}
          onClick={() => (camera.peek().state === 'on' ? closeCamera() : void openCamera())}
        >
          {state.state === 'on' ? t.off : t.on}
        </button>
      </header>
      {state.state === 'on' ? (
        <Picture stream={state.stream} isMirrored={isMirrored.value} />
      ) : (
        <div class="screen idle" style={{ '--aspect': 4 / 3 }}>
          <p>{state.state === 'opening' ? t.waiting : t.idle}</p>
        </div>
      )}
      {state.state === 'fault' && (
        <p role="alert" class="bad" id="camera-fault">
          {faultText(state.fault)}
        </p>
      )}
      <p role="status" class="note" id="record-note">
        {recordNote.value}
      </p>
      {state.state === 'on' && <LiveAnswer />}
    </section>
  );
}

/** Why there is no camera, in words. */
function faultText(fault: CameraFault): string {
  const t = texts.value.camera;
  return fault.kind === 'failed' ? t.failed(fault.reason) : t[fault.kind];
}

function Picture({ stream, isMirrored }: { stream: MediaStream; isMirrored: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const aspect = useSignal(4 / 3);
  const model = taught.value?.model ?? null;
  const isHeld = heldMoment.value !== null;
  const isPaused = isLearning.value; // the machine has better to do
  const t = texts.value.camera;
  useEffect(() => {
    video.current!.srcObject = stream;
    void video.current!.play().catch(() => undefined); // it was taken away before it began
  }, [stream]);
  useEffect(() => {
    if (!model || isHeld || isPaused) return undefined;
    const abort = new AbortController();
    const overlay = new LiveOverlay(canvas.current!);
    const end = live.subscribe((moment) => moment && overlay.draw(moment.result, { isMirrored }));
    void followCamera(video.current!, model, abort.signal);
    return () => {
      abort.abort();
      end();
      overlay.clear();
    };
  }, [model, isHeld, isPaused, isMirrored, stream]);
  return (
    <div class={`screen${isMirrored ? ' mirrored' : ''}`} style={{ '--aspect': aspect.value }}>
      <video
        ref={video}
        muted
        playsInline
        autoPlay
        aria-label={t.picture}
        onResize={({ currentTarget: { videoWidth, videoHeight } }) =>
          videoHeight > 0 && (aspect.value = videoWidth / videoHeight)
        }
      />
      <canvas ref={canvas} role="img" aria-label={t.drawn} />
      <Count />
    </div>
  );
}

/** The countdown, and the sign that it records. */
function Count() {
  const now = recording.value;
  const t = texts.value.camera;
  if (!now) return null;
  const isOn = now.countdown === 0;
  return (
    <div class={`count${isOn ? ' on' : ''}`}>
      <p role="status" class="count-words">
        {isOn ? t.recording(now.action.name) : t.countdown(now.countdown)}
      </p>
      {!isOn && (
        <b aria-hidden="true" key={now.countdown}>
          {now.countdown}
        </b>
      )}
      <button type="button" onClick={now.cancel}>
        {t.cancel}
      </button>
    </div>
  );
}
