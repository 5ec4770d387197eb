// What the model says of the camera: classes, how late it is, the last seconds as a line in the colours of the actions, and the
// button that stops at a moment.
import { useEffect, useRef } from 'preact/hooks';
import { classStyle } from '../../../src/page/colours.js';
import { percent } from '../../../src/page/sentences.js';
import { theme } from '../theme.js';
import { texts } from '../words/index.js';
import { actions } from './lesson.js';
import { hold, live, liveFault, past, PAST_SECONDS, type Past } from './live.js';
import { placeOf } from './liveOverlay.js';
import { isLearning, taught } from './taught.js';

/** An action that lasts so long is said to screen readers. */
const SPOKEN_SECONDS = 1;

/** The answer below the camera's picture. */
export function LiveAnswer() {
  const t = texts.value.live;
  if (!taught.value) return <p class="note">{t.untaught}</p>;
  if (liveFault.value) {
    return (
      <p role="alert" class="bad">
        {liveFault.value}
      </p>
    );
  }
  const now = live.value;
  if (!now) return <p class="waiting">{isLearning.value ? t.paused : t.starting}</p>;
  const run = runsOf(past.value).at(-1);
  return (
    <div class="live" aria-label={t.answer} role="group">
      <p role="status" class="unseen">
        {run && run.seconds >= SPOKEN_SECONDS ? run.label : ''}
      </p>
      <ClassBars id="live" classes={now.result.classes} />
      <PastLine />
      <div class="live-foot">
        <button id="hold" type="button" class="main" title={t.holdHint} onClick={hold}>
          {t.hold}
        </button>
        <p class="note" id="live-delay">
          {t.delay(Math.round(1000 * now.delaySeconds), now.dropped)}
        </p>
      </div>
    </div>
  );
}

/** Probabilities, in the order and colours of the actions, so that no bar jumps. */
export function ClassBars({
  id,
  classes,
}: {
  id: string;
  classes: { label: string; probability: number }[];
}) {
  const best = classes[0]?.label;
  const sorted = [...classes].sort((a, b) => placeOf(a.label) - placeOf(b.label));
  return (
    <ol class="bars class-bars" id={`${id}-bars`}>
      {sorted.map(({ label, probability }) => (
        <li key={label} class={label === best ? 'best' : undefined} aria-current={label === best}>
          <span>{label}</span>
          <span>{percent(probability)}</span>
          <div class="track" aria-hidden="true">
            <i style={{ width: `${100 * probability}%`, background: classStyle(placeOf(label)).fill }} />
          </div>
        </li>
      ))}
    </ol>
  );
}

const HEIGHT = 44;
/** Longer between two answers than any machine takes for one. */
const GAP_SECONDS = 3;

/** The last seconds: as high as the best class was sure, in its colour; the newest at the right. */
function PastLine() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const t = texts.value.live;
  const colours = actions.value.map((_, place) => `--class-${(place % 5) + 1}`);
  useEffect(() => {
    paint(canvas.current!, past.value, colours);
  }, [past.value, theme.value]);
  const parts = runsOf(past.value).map(({ label, seconds }) => t.part(label, seconds.toFixed(1)));
  return (
    <figure class="past">
      <figcaption class="row-name">{t.timeline}</figcaption>
      <canvas
        ref={canvas}
        role="img"
        height={HEIGHT}
        aria-label={t.timelineSays(parts.slice(-4).join(', '))}
      />
      <p class="past-axis" aria-hidden="true">
        <span>{t.seconds(PAST_SECONDS)}</span>
        <span>{t.now}</span>
      </p>
    </figure>
  );
}

function paint(canvas: HTMLCanvasElement, shown: readonly Past[], colours: readonly string[]): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  const brush = canvas.getContext('2d')!;
  const style = getComputedStyle(document.documentElement);
  const end = shown.at(-1)?.seconds ?? 0;
  const x = (seconds: number): number => canvas.width * (1 - (end - seconds) / PAST_SECONDS);
  shown.forEach(({ seconds, label, probability }, i) => {
    const from = shown[i - 1]?.seconds ?? seconds - 0.125;
    if (seconds - from > GAP_SECONDS) return; // the camera was off between
    brush.fillStyle = style.getPropertyValue(colours[placeOf(label)] ?? '--rival');
    const height = canvas.height * probability;
    brush.fillRect(x(from), canvas.height - height, x(seconds) - x(from) + 1, height);
  });
}

/** Stretches of one class, for words. */
function runsOf(shown: readonly Past[]): { label: string; seconds: number }[] {
  const runs: { label: string; from: number; seconds: number }[] = [];
  for (const { label, seconds } of shown) {
    const last = runs.at(-1);
    if (last?.label === label) last.seconds = seconds - last.from;
    else runs.push({ label, from: seconds, seconds: 0 });
  }
  return runs;
}
