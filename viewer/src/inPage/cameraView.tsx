// The camera, followed live: features once a frame, the head on the last frames, and the answer drawn over the picture.
// Frames that come while one is looked at are dropped; how late the answer is stands beside it.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Overlay } from '../../../src/page/overlay.js';
import { Rolling, type RollingAnswer } from '../../../src/infer/rolling.js';
import type { WebModel } from '../../../src/infer/webModel.js';
import { keptWindow, resample } from '../../../src/video/resample.js';
import { Bars } from '../clip/answer.js';
import { localModel } from './localModel.js';
import { Painter } from '../../../src/web/painter.js';
import { texts } from '../words/index.js';

/** Time between frames that are looked at: sixteen of them are the length of a usual clip. */
const EVERY_SECONDS = 0.15;

/** The view; `onFault` hears why there is no camera. */
export function CameraView({ onFault }: { onFault: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const answer = useSignal<RollingAnswer | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const overlay = new Overlay(canvas.current!);
    const onAnswer = (found: RollingAnswer): void => {
      answer.value = found;
      overlay.load({ result: found.result, truth: null, film: null });
      overlay.draw(found.result.frames.at(-1)!.timeSeconds);
    };
    follow(video.current!, abort.signal, onAnswer).catch(
      (error: Error) => !abort.signal.aborted && onFault(texts.value.here.cannotFollow(error.message)),
    );
    return () => {
      abort.abort();
      overlay.close();
    };
  }, []);
  const found = answer.value;
  const t = texts.value.here;
  return (
    <article class="player" id="camera-player" aria-label={t.camera}>
      <div class="stage-row">
        <div class="stage">
          <div class="screen" style={{ '--aspect': 4 / 3 }}>
            <video ref={video} muted playsInline autoPlay aria-label={texts.value.camera.picture} />
            <canvas ref={canvas} role="img" aria-label={t.cameraDrawn} />
          </div>
        </div>
        <aside class="answer" aria-label={texts.value.answer.title}>
          {found ? (
            <>
              <Bars id="camera" classes={found.result.classes.slice(0, 5)} />
              <p class="note" id="camera-delay">
                {t.delay(Math.round(1000 * found.delaySeconds), found.dropped)}
              </p>
            </>
          ) : (
            <p class="waiting">{texts.value.camera.waiting}</p>
          )}
        </aside>
      </div>
    </article>
  );
}

/** Opens the camera and follows it until the signal. Throws what the browser says of a camera that is not to be had. */
async function follow(
  video: HTMLVideoElement,
  signal: AbortSignal,
  onAnswer: (answer: RollingAnswer) => void,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener('abort', stop);
  if (signal.aborted) return stop();
  video.srcObject = stream;
  await video.play();
  const model = await localModel();
  const rolling = new Rolling(model, { everySeconds: EVERY_SECONDS });
  const painter = new Painter();
  let fault: Error | undefined;
  while (!signal.aborted) {
    const timeSeconds = await nextPicture(video);
    if (fault) throw fault;
    if (signal.aborted || !rolling.wants(timeSeconds)) continue;
    rolling.offer({ timeSeconds, ...pictureOf(video, model, painter) }).then(
      (found) => found && !signal.aborted && onAnswer(found),
      (error: Error) => (fault = error),
    ); // not waited for: pictures that come meanwhile are to be counted as dropped
  }
}

function nextPicture(video: HTMLVideoElement): Promise<number> {
  return new Promise((resolve) => video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)));
}

function pictureOf(video: HTMLVideoElement, { config }: WebModel, painter: Painter) {
  const source = { width: video.videoWidth, height: video.videoHeight };
  const pixels = painter.pixels(source, (context) => context.drawImage(video, 0, 0));
  const { size, resize } = config.transform;
  return { ...source, pixels: resample(pixels, source, size, keptWindow(source, size, resize)) };
}
