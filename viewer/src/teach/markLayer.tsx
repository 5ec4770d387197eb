// The layer over a frame on which marks are made: a click, a dragged box, or the cross that arrow keys move.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { texts } from '../words/index.js';
import type { Box } from '../../../src/result.js';
import type { Mark } from './take.js';

/** A place in pixels of the picture. */
export type Place = { point: [number, number] } | { box: Box };

interface Props {
  size: { width: number; height: number };
  /** Of this frame. */
  marks: readonly Mark[];
  onMark: (place: Place) => void;
}

/** Shares of the picture below which a drag is a click. */
const CLICK = 0.02;
/** Share of the picture that an arrow key moves the cross by. */
const STEP = 1 / 28;

/** The layer. */
export function MarkLayer({ size, marks, onMark }: Props) {
  const layer = useRef<SVGSVGElement>(null);
  const drag = useSignal<{ from: [number, number]; to: [number, number] } | null>(null);
  const cross = useSignal<[number, number]>([0.5, 0.5]);
  const hasFocus = useSignal(false);
  const { width, height } = size;
  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width: w, height: h } = layer.current!.getBoundingClientRect();
    return [within((event.clientX - left) / w), within((event.clientY - top) / h)];
  };
  const place = ([x, y]: readonly number[]): [number, number] => [x! * width, y! * height];
  const finish = (): void => {
    const made = drag.value;
    drag.value = null;
    if (!made) return;
    const box = boxOf(made.from, made.to);
    const isClick = box[2] - box[0] < CLICK && box[3] - box[1] < CLICK;
    if (isClick) onMark({ point: place(made.from) });
    else onMark({ box: [...place(box.slice(0, 2)), ...place(box.slice(2))] as Box });
  };
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [-STEP, 0],
    ArrowRight: [STEP, 0],
    ArrowUp: [0, -STEP],
    ArrowDown: [0, STEP],
  };
  const press = (event: KeyboardEvent): void => {
    const move = moves[event.key];
    if (move) cross.value = [within(cross.value[0] + move[0]), within(cross.value[1] + move[1])];
    else if (event.key === 'Enter' || event.key === ' ') onMark({ point: place(cross.value) });
    else return;
    event.preventDefault();
  };
  return (
    <svg
      ref={layer}
      class="mark-layer"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      tabIndex={0}
      role="application"
      aria-label={texts.value.correct.picture}
      onFocus={() => (hasFocus.value = layer.current!.matches(':focus-visible'))}
      onBlur={() => (hasFocus.value = false)}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        layer.current!.setPointerCapture(event.pointerId);
        drag.value = { from: at(event), to: at(event) };
      }}
      onPointerMove={(event) => drag.value && (drag.value = { ...drag.value, to: at(event) })}
      onPointerUp={finish}
      onPointerCancel={() => (drag.value = null)}
    >
      {marks.map((mark, i) => (
        <Drawn key={i} mark={mark} size={size} />
      ))}
      {drag.value && <BoxShape box={scaled(boxOf(drag.value.from, drag.value.to), size)} kind="here" />}
      {hasFocus.value && <Cross place={place(cross.value)} size={size} />}
    </svg>
  );
}

function Drawn({ mark, size }: { mark: Mark; size: Props['size'] }) {
  if ('box' in mark) return <BoxShape box={mark.box} kind={mark.kind} />;
  if (!('point' in mark)) return <BoxShape box={[0, 0, size.width, size.height]} kind="moment" />;
  const [x, y] = mark.point;
  const radius = Math.max(size.width, size.height) / 40;
  return <circle class={mark.kind} cx={x} cy={y} r={radius} />;
}

function BoxShape({ box: [x0, y0, x1, y1], kind }: { box: Box; kind: Mark['kind'] }) {
  return <rect class={kind} x={x0} y={y0} width={x1 - x0} height={y1 - y0} />;
}

function Cross({ place: [x, y], size }: { place: [number, number]; size: Props['size'] }) {
  const arm = Math.max(size.width, size.height) / 25;
  return <path class="cross" d={`M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`} />;
}

function boxOf(a: readonly [number, number], b: readonly [number, number]): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
}

function scaled([x0, y0, x1, y1]: Box, { width, height }: Props['size']): Box {
  return [x0 * width, y0 * height, x1 * width, y1 * height];
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
