// "What if it had not seen this?" Cells of the picture are painted over and frames muted; the head answers again, in this
// page, on the features that the backbone has already computed, and the new answer stands beside the old.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { occlude } from '../../../src/infer/occlude.js';
import type { SampledClip } from '../../../src/infer/toResult.js';
import { momentAt } from '../../../src/page/moments.js';
import { percent } from '../../../src/page/sentences.js';
import type { Result } from '../../../src/result.js';
import type { Tensor } from '../../../src/tensor.js';
import { Bars } from '../clip/answer.js';
import type { PanelProps } from '../clip/panel.js';
import { fetching, localModel } from '../inPage/localModel.js';
import { model } from '../store.js';
import { useLoaded } from '../loaded.js';
import { featuresOf } from './features.js';
import { LeftOut } from './leftOut.js';
import { texts } from '../words/index.js';

/** The panel; the model and the features come when it is first opened. */
export function WhatIfPanel({ info, result, clipPlayer }: PanelProps) {
  const root = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  useEffect(() => {
    const details = root.current!.closest('details')!;
    const follow = (): void => void (isOpen.value = details.open);
    follow();
    details.addEventListener('toggle', follow);
    return () => details.removeEventListener('toggle', follow);
  }, []);
  const key = isOpen.value && model.value ? `${info.id} ${model.value.key} ${model.value.id}` : '';
  const loaded = useLoaded(key, async (signal) => {
    const opened = await localModel();
    return { opened, features: await featuresOf(opened, { key: model.value!.key, info, signal }) };
  });
  const { value: found } = loaded.value;
  return (
    <div ref={root} class="what-if">
      {loaded.value.state === 'waiting' && isOpen.value && (
        <p class="waiting">{fetching.value || texts.value.whatIf.fetching}</p>
      )}
      {loaded.value.state === 'failed' && <p class="bad">{loaded.value.error.message}</p>}
      {found && result && <Board {...{ info, result, clipPlayer }} {...found} result={result} />}
    </div>
  );
}

type OpenedLocally = Awaited<ReturnType<typeof localModel>>;

interface BoardProps extends PanelProps {
  result: Result;
  opened: OpenedLocally;
  features: Tensor;
}

/** What the head says now, and how long it took. */
interface Again {
  result: Result;
  milliseconds: number;
}

function Board({ info, result, clipPlayer, opened, features }: BoardProps) {
  const [n, , height, width] = features.shape as [number, number, number, number];
  const left = useSignal(LeftOut.none(n, height, width));
  const isOneFrame = useSignal(false);
  const again = useSignal<Again | null>(null);
  const frame = useFrameOf(clipPlayer, result);
  useAnswers({ info, result, clipPlayer, opened, features, left, again });
  const t = texts.value.whatIf;
  const change = (next: LeftOut): void => void (left.value = next);
  return (
    <>
      <p class="note">{t.hint}</p>
      <div class="what-if-row">
        <div>
          <Cells clipPlayer={clipPlayer} left={left} frame={frame.value} isOneFrame={isOneFrame.value} />
          <label class="check">
            <input
              type="checkbox"
              checked={isOneFrame.value}
              onChange={({ currentTarget }) => (isOneFrame.value = currentTarget.checked)}
            />{' '}
            {t.oneFrame(frame.value + 1, n)}
          </label>
          <div class="frames" role="group" aria-label={t.frames}>
            {result.frames.map(({ timeSeconds }, i) => (
              <button
                key={i}
                type="button"
                class="quiet"
                aria-pressed={left.value.isMuted(i)}
                aria-label={t.mute(timeSeconds.toFixed(2))}
                title={`${timeSeconds.toFixed(2)} s`}
                onClick={() => change(left.value.withFrame(i, !left.value.isMuted(i)))}
              >
                {i + 1}
              </button>
            ))}
          </div>
          <button
            id="what-if-reset"
            type="button"
            disabled={left.value.isEmpty}
            onClick={() => change(LeftOut.none(n, height, width))}
          >
            {t.reset}
          </button>
        </div>
        <div class="what-if-answers" aria-live="polite">
          <section>
            <h2 class="small">{t.before}</h2>
            <Bars id="was" classes={result.classes.slice(0, 5)} />
          </section>
          <section>
            <h2 class="small">{t.without(percent(left.value.share))}</h2>
            {again.value ? (
              <>
                <Bars id="again-here" classes={again.value.result.classes.slice(0, 5)} />
                <p class="note" id="what-if-time">
                  {t.answered(Math.round(again.value.milliseconds))}
                </p>
              </>
            ) : (
              <p class="note">{t.nothing}</p>
            )}
          </section>
        </div>
      </div>
    </>
  );
}

/** Asks the head after every change, the newest only, and shows its answer on the player. */
function useAnswers({
  info,
  result,
  clipPlayer,
  opened,
  features,
  left,
  again,
}: BoardProps & { left: Signal<LeftOut>; again: Signal<Again | null> }): void {
  useEffect(() => {
    let isLatest = true;
    if (left.value.isEmpty) {
      if (again.value) clipPlayer.answer(result);
      again.value = null;
      return undefined;
    }
    const start = performance.now();
    void opened.answer(occlude(features, left.value.keep), sampledAs(result), info.name).then((answer) => {
      if (!isLatest) return;
      again.value = { result: answer.result, milliseconds: performance.now() - start };
      clipPlayer.answer(answer.result);
    });
    return () => (isLatest = false);
  }, [left.value]);
  useEffect(() => () => clipPlayer.answer(result), []);
}

/** The sampled frames of an answer, as the head's answer wants to know them. */
function sampledAs({ clip, video, frames }: Result): SampledClip {
  return {
    frames: new Uint8Array(),
    times: Float64Array.from(frames, ({ timeSeconds }) => timeSeconds),
    indices: frames.map(({ index }) => index),
    info: { ...video, path: clip, isVariableRate: false, rotation: 0, codec: '', container: '' },
    ...{ damagedFrames: video.damagedFrames, missingFrames: video.missingFrames, warnings: [] },
  };
}

/** The sampled frame nearest to the picture on the screen. */
function useFrameOf(clipPlayer: PanelProps['clipPlayer'], result: Result): Signal<number> {
  const frame = useSignal(0);
  useEffect(() => {
    const times = result.frames.map(({ timeSeconds }) => timeSeconds);
    let request = 0;
    const follow = (): void => {
      const { before, after, share } = momentAt(times, clipPlayer.player.seconds);
      frame.value = share < 0.5 ? before : after;
      request = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(request);
  }, [clipPlayer, result]);
  return frame;
}

interface CellsProps {
  clipPlayer: PanelProps['clipPlayer'];
  left: Signal<LeftOut>;
  frame: number;
  isOneFrame: boolean;
}

/** The picture with the grid of features over it, to paint on. */
function Cells({ clipPlayer, left, frame, isOneFrame }: CellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<boolean | null>(null);
  const cursor = useSignal<[row: number, column: number]>([0, 0]);
  const { height, width } = left.value;
  const t = texts.value.whatIf;
  useEffect(() => {
    draw(canvas.current!, clipPlayer.player.video, left.value, frame, cursor.value);
  }, [left.value, frame, cursor.value]);
  const paint = (row: number, column: number, isOut: boolean): void => {
    left.value = left.value.withCell(isOneFrame ? frame : null, row, column, isOut);
  };
  const cellAt = ({ offsetX, offsetY }: PointerEvent): [number, number] => {
    const { clientWidth, clientHeight } = canvas.current!;
    const row = Math.floor((offsetY / clientHeight) * height);
    const column = Math.floor((offsetX / clientWidth) * width);
    return [Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, column))];
  };
  return (
    <canvas
      ref={canvas}
      id="what-if-cells"
      width={480}
      height={
        Math.round((480 * clipPlayer.player.video.videoHeight) / (clipPlayer.player.video.videoWidth || 1)) ||
        360
      }
      tabIndex={0}
      role="application"
      aria-label={`${t.cells(height, width)}: ${t.cell(cursor.value[0] + 1, cursor.value[1] + 1, left.value.isOut(frame, ...cursor.value))}`}
      onPointerDown={(event) => {
        canvas.current!.setPointerCapture(event.pointerId);
        const cell = cellAt(event);
        stroke.current = !left.value.isOut(frame, ...cell); // the first cell decides: a stroke paints or wipes
        paint(...cell, stroke.current);
      }}
      onPointerMove={(event) => {
        if (stroke.current === null) return;
        const cell = cellAt(event);
        if (left.value.isOut(frame, ...cell) !== stroke.current) paint(...cell, stroke.current);
      }}
      onPointerUp={() => (stroke.current = null)}
      onPointerCancel={() => (stroke.current = null)}
      onKeyDown={(event) => {
        const [row, column] = cursor.value;
        const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
          event.key
        ];
        if (!step && event.key !== 'Enter') return;
        event.preventDefault();
        event.stopPropagation(); // the arrows move the playhead elsewhere
        if (!step) return paint(row, column, !left.value.isOut(frame, row, column));
        const inside = (value: number, length: number): number => Math.min(length - 1, Math.max(0, value));
        cursor.value = [inside(row + step[0]!, height), inside(column + step[1]!, width)];
      }}
    />
  );
}

function draw(
  canvas: HTMLCanvasElement,
  video: HTMLVideoElement,
  left: LeftOut,
  frame: number,
  [cursorRow, cursorColumn]: readonly [number, number],
): void {
  const context = canvas.getContext('2d')!;
  const [w, h] = [canvas.width / left.width, canvas.height / left.height];
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  for (let row = 0; row < left.height; row++) {
    for (let column = 0; column < left.width; column++) {
      context.fillStyle = 'rgb(128 128 128 / 0.94)';
      if (left.isOut(frame, row, column)) context.fillRect(column * w, row * h, w, h);
      context.strokeStyle = 'rgb(255 255 255 / 0.25)';
      context.strokeRect(column * w, row * h, w, h);
    }
  }
  context.lineWidth = 2;
  context.strokeStyle = 'rgb(255 255 255 / 0.9)';
  context.strokeRect(cursorColumn * w + 1, cursorRow * h + 1, w - 2, h - 2);
  context.lineWidth = 1;
}
