// A take, or a moment of the camera that was held: frame by frame, where the model looked, and marks that correct it.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Result } from '../../../src/result.js';
import { Icon } from '../icon.js';
import { texts } from '../words/index.js';
import { LiveOverlay } from './liveOverlay.js';
import { MarkLayer, type Place } from './markLayer.js';
import { ClassBars } from './liveAnswer.js';
import type { Mark } from './take.js';

/** What is shown and corrected. */
export interface Corrected {
  /** Draws frame `i` on a canvas that fills the picture. */
  drawFrame: (i: number, canvas: HTMLCanvasElement) => void;
  /** Times of the frames in seconds, ascending. */
  times: readonly number[];
  width: number;
  height: number;
  /** What the model says; null where nothing is learnt. */
  result: Result | null;
  marks: readonly Mark[];
  onMarks: (marks: readonly Mark[]) => void;
}

/** Picture, time line and marks. */
export function CorrectPanel({ drawFrame, times, width, height, result, marks, onMarks }: Corrected) {
  const at = useSignal(strongestOf(result, times));
  const kind = useSignal<Mark['kind']>('here');
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const t = texts.value.correct;
  const seconds = times[at.value]!;
  const answered = result ? nearestOf(result, seconds) : 0;
  useEffect(() => {
    drawFrame(at.value, picture.current!);
    const layer = new LiveOverlay(overlay.current!);
    if (result) layer.draw(result, { frame: answered });
    else layer.clear();
  });
  const add = (place: Place): void => {
    const mark =
      kind.value === 'moment'
        ? ({ kind: 'moment', timeSeconds: seconds } as const)
        : { kind: kind.value, timeSeconds: seconds, ...place };
    onMarks([...marks, mark]);
  };
  const step = (by: number): void => void (at.value = Math.min(times.length - 1, Math.max(0, at.value + by)));
  return (
    <div class="correct">
      <div class="correct-stage">
        <div class="screen" style={{ '--aspect': width / height }}>
          <canvas ref={picture} aria-hidden="true" />
          <canvas ref={overlay} aria-hidden="true" />
          <MarkLayer
            size={{ width, height }}
            marks={marks.filter(({ timeSeconds }) => frameAt(times, timeSeconds) === at.value)}
            onMark={add}
          />
        </div>
        <div class="correct-time">
          <button type="button" class="quiet" aria-label={t.before} onClick={() => step(-1)}>
            <Icon name="back" />
          </button>
          <input
            type="range"
            id="correct-frame"
            min={0}
            max={times.length - 1}
            value={at.value}
            aria-label={t.frame(at.value + 1, times.length, seconds.toFixed(2))}
            onInput={({ currentTarget }) => (at.value = Number(currentTarget.value))}
          />
          <button type="button" class="quiet" aria-label={t.after} onClick={() => step(1)}>
            <Icon name="forward" />
          </button>
          <output>{t.frame(at.value + 1, times.length, seconds.toFixed(2))}</output>
        </div>
        {result && <Weights result={result} at={answered} />}
      </div>
      <div class="correct-side">
        {result ? <ClassBars id="correct" classes={result.classes} /> : <p class="note">{t.noAnswer}</p>}
        <fieldset class="kinds">
          <legend>{t.mode}</legend>
          {(['here', 'notHere', 'moment'] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="mark-kind"
                value={one}
                checked={kind.value === one}
                onChange={() => (kind.value = one)}
              />{' '}
              {t[one]}
            </label>
          ))}
        </fieldset>
        <p class="note">{t.hint}</p>
        <MarkList marks={marks} onMarks={onMarks} />
      </div>
    </div>
  );
}

function MarkList({ marks, onMarks }: Pick<Corrected, 'marks' | 'onMarks'>) {
  const t = texts.value.correct;
  return (
    <section aria-labelledby="marks-title">
      <h3 class="small" id="marks-title">
        {t.marks}
      </h3>
      {marks.length === 0 && <p class="note">{t.none}</p>}
      <ol class="marks">
        {marks.map((mark, i) => (
          <li key={i}>
            {t.mark(t[mark.kind], mark.timeSeconds.toFixed(2))}
            <button
              type="button"
              class="quiet small"
              aria-label={`${t.removeMark}: ${t.mark(t[mark.kind], mark.timeSeconds.toFixed(2))}`}
              title={t.removeMark}
              onClick={() => onMarks(marks.filter((_, other) => other !== i))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** When: a bar a frame, as high as its weight. */
function Weights({ result, at }: { result: Result; at: number }) {
  const t = texts.value.correct;
  const top = Math.max(...result.frames.map(({ weight }) => weight), 1e-9);
  return (
    <figure class="take-weights">
      <figcaption class="row-name">{t.weights}</figcaption>
      <div aria-hidden="true">
        {result.frames.map(({ weight }, i) => (
          <i key={i} class={i === at ? 'now' : undefined} style={{ height: `${(100 * weight) / top}%` }} />
        ))}
      </div>
    </figure>
  );
}

/** The frame that is shown first: the one with the largest weight, or the middle one. */
function strongestOf(result: Result | null, times: readonly number[]): number {
  if (!result) return times.length >> 1;
  const weights = result.frames.map(({ weight }) => weight);
  return frameAt(times, result.frames[weights.indexOf(Math.max(...weights))]!.timeSeconds);
}

function nearestOf({ frames }: Result, seconds: number): number {
  return frameAt(
    frames.map(({ timeSeconds }) => timeSeconds),
    seconds,
  );
}

/** The frame nearest to a time. */
function frameAt(times: readonly number[], seconds: number): number {
  const away = times.map((time) => Math.abs(time - seconds));
  return away.indexOf(Math.min(...away));
}
