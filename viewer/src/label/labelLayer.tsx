// The box of the shown frame, over the picture: moved and sized by mouse or keyboard, or drawn anew.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Box } from '../../../src/result.js';
import type { ClipInfo } from '../../../src/server/api.js';
import type { ClipPlayer } from '../clip/clipPlayer.js';
import type { LabelBook } from './labelBook.js';
import { blankLabels, labelBoxAt, withBox } from './labels.js';
import { texts } from '../words/index.js';

interface Props {
  info: ClipInfo;
  clipPlayer: ClipPlayer;
  labels: LabelBook;
}

/** Which edges a drag moves: left, top, right, bottom. */
type Grip = [boolean, boolean, boolean, boolean];

const GRIPS: [string, Grip][] = [
  ['nw', [true, true, false, false]],
  ['ne', [false, true, true, false]],
  ['se', [false, false, true, true]],
  ['sw', [true, false, false, true]],
];
const WHOLE: Grip = [true, true, true, true];

/** The least side of a box in pixels. */
const LEAST = 4;

/** An SVG over the video, in pixels of the clip. */
export function LabelLayer({ info, clipPlayer, labels }: Props) {
  const { width, height } = info.video;
  const svg = useRef<SVGSVGElement>(null);
  const frame = useFrame(clipPlayer);
  const [dragged, setDragged] = useState<Box | null>(null);
  const truth = labels.draft.value;
  const found = truth && labelBoxAt(truth, frame.index, frame.timeSeconds);
  const box = dragged ?? found?.box ?? null;

  const put = (next: Box | undefined): void =>
    labels.edit(withBox(labels.draft.value ?? blankLabels(info, 'action'), frame, next));

  const { point, drag } = useDrag(svg, info, { onDrag: setDragged, onDrop: put });

  function begin(event: PointerEvent): void {
    const [x, y] = point(event);
    drag(event, ([toX, toY]) =>
      held([Math.min(x, toX), Math.min(y, toY), Math.max(x, toX), Math.max(y, toY)], width, height),
    );
  }

  function grip(event: PointerEvent, edges: Grip): void {
    if (!box || event.shiftKey) return begin(event); // with shift a new one is drawn over the old
    const start = box;
    const [x, y] = point(event);
    drag(event, ([toX, toY]) => moved(start, edges, [toX - x, toY - y], width, height));
  }

  function key(event: KeyboardEvent): void {
    const next = keyed(event, box, info);
    if (next === null) return;
    put(next);
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <svg
      class="label-layer"
      ref={svg}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      onPointerDown={begin}
      aria-label={texts.value.labels.box}
    >
      {box && (
        <g
          class={found?.isOwn || dragged ? 'label-box' : 'label-box between'}
          id="label-box"
          role="group"
          tabindex={0}
          aria-label={texts.value.labels.boxKeys(...cornersOf(box), !found?.isOwn)}
          data-box={box.join(' ')}
          onPointerDown={(event) => grip(event, WHOLE)}
          onKeyDown={key}
        >
          <rect x={box[0]} y={box[1]} width={box[2] - box[0]} height={box[3] - box[1]} />
          {GRIPS.map(([name, edges]) => (
            <circle
              key={name}
              class={name}
              cx={edges[0] ? box[0] : box[2]}
              cy={edges[1] ? box[1] : box[3]}
              r={Math.max(width, height) / 70}
              onPointerDown={(event) => grip(event, edges)}
            />
          ))}
        </g>
      )}
    </svg>
  );
}

/** What a key makes of a box: another one, none (undefined), or nothing (null). */
function keyed(event: KeyboardEvent, box: Box | null, { video }: ClipInfo): Box | undefined | null {
  if (event.key === 'Delete' || event.key === 'Backspace') return undefined;
  const { width, height } = video;
  const step = Math.max(1, Math.round(Math.max(width, height) / 100));
  const ways: Record<string, [number, number]> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  };
  const way = ways[event.key];
  if (!way || !box) return null;
  return moved(box, event.shiftKey ? [false, false, true, true] : WHOLE, way, width, height);
}

interface DragListener {
  onDrag: (box: Box | null) => void;
  onDrop: (box: Box) => void;
}

/** Follows the pointer until it is let go; `shape` says the box of a moment. */
function useDrag(
  svg: RefObject<SVGSVGElement | null>,
  { video: { width, height } }: ClipInfo,
  { onDrag, onDrop }: DragListener,
) {
  function point(event: PointerEvent): [number, number] {
    const area = svg.current!.getBoundingClientRect();
    return [
      ((event.clientX - area.left) / area.width) * width,
      ((event.clientY - area.top) / area.height) * height,
    ];
  }
  function drag(event: PointerEvent, shape: (at: [number, number]) => Box): void {
    event.preventDefault();
    event.stopPropagation();
    const target = event.currentTarget as Element;
    target.setPointerCapture(event.pointerId);
    let last: Box | null = null;
    const move = (next: Event): void => onDrag((last = shape(point(next as PointerEvent))));
    const end = (): void => {
      target.removeEventListener('pointermove', move);
      onDrag(null);
      if (last && last[2] - last[0] >= LEAST && last[3] - last[1] >= LEAST) onDrop(last);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end, { once: true });
  }
  return { point, drag };
}

/** The frame on the screen, followed while the clip plays. */
function useFrame(clipPlayer: ClipPlayer): { index: number; timeSeconds: number } {
  const read = () => ({ index: clipPlayer.player.frame, timeSeconds: clipPlayer.player.seconds });
  const [frame, setFrame] = useState(read);
  useLayoutEffect(() => {
    const follow = (): void => setFrame((last) => (last.index === clipPlayer.player.frame ? last : read()));
    follow(); // a moment that came between the first picture and now
    return clipPlayer.follow(follow);
  }, [clipPlayer]);
  return frame;
}

/** Edges moved by a vector, the box held inside the picture and never turned inside out. */
function moved(box: Box, edges: Grip, [dx, dy]: [number, number], width: number, height: number): Box {
  const isWhole = edges.every(Boolean);
  const mx = isWhole ? Math.min(width - box[2], Math.max(-box[0], dx)) : dx;
  const my = isWhole ? Math.min(height - box[3], Math.max(-box[1], dy)) : dy;
  const at = (i: 0 | 1 | 2 | 3): number => box[i] + (edges[i] ? (i % 2 === 0 ? mx : my) : 0);
  const next: Box = [at(0), at(1), at(2), at(3)];
  if (!isWhole) {
    if (edges[0]) next[0] = Math.min(next[0], next[2] - LEAST);
    if (edges[1]) next[1] = Math.min(next[1], next[3] - LEAST);
    if (edges[2]) next[2] = Math.max(next[2], next[0] + LEAST);
    if (edges[3]) next[3] = Math.max(next[3], next[1] + LEAST);
  }
  return held(next, width, height);
}

function held(box: Box, width: number, height: number): Box {
  const x = (value: number): number => Math.min(width, Math.max(0, value));
  const y = (value: number): number => Math.min(height, Math.max(0, value));
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

/** Two corners in words. */
function cornersOf(box: Box): [string, string] {
  const [x0, y0, x1, y1] = box.map(Math.round) as Box;
  return [`${x0}, ${y0}`, `${x1}, ${y1}`];
}
