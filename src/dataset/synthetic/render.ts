// Pictures of a script: textured backdrop under a drifting camera, flicker, distractors, the actor.
import type * as Drawing from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { installed } from '../../installed.js';
import { Random } from '../../random.js';
import {
  actorPose,
  actsOf,
  idle,
  isActing,
  stage,
  type Action,
  type Body,
  type Pose,
  type Script,
} from './script.js';
import { bounds, outline, type Point } from './shapes.js';

const margin = 24; // pixels of backdrop beyond the stage on each side: the reach of the camera

const newCanvas = (width: number, height: number): Canvas =>
  installed<typeof Drawing>('@napi-rs/canvas', 'draws pictures').createCanvas(width, height);

/** How a body is painted: as everybody is, or as its action makes it look. */
type Look = Action | 'idle';

/** One frame as RGBA rows, `[height, width, 4]`, and the box of the actor that acts. */
export interface RenderedPicture {
  rgba: Uint8ClampedArray;
  box: [number, number, number, number] | null;
}

/** All frames of a clip, in order. */
export function* renderClip(script: Script): Generator<RenderedPicture> {
  const backdrop = paintBackdrop(script.backdrop.seed);
  const canvas = newCanvas(stage.width, stage.height);
  const context = canvas.getContext('2d');
  for (let t = 0; t < script.frames; t++) {
    const box = paintFrame(context, script, backdrop, t);
    yield { rgba: context.getImageData(0, 0, stage.width, stage.height).data, box };
  }
}

function paintFrame(
  context: SKRSContext2D,
  script: Script,
  backdrop: Canvas,
  t: number,
): RenderedPicture['box'] {
  const { drift, phase } = script.backdrop;
  const shift = (axis: 0 | 1) => -margin + (margin - 1) * Math.sin(drift[axis] * t + phase[axis]);
  context.drawImage(backdrop, shift(0), shift(1));
  for (const thing of script.distractors) paintBody(context, thing, idle(thing, t));
  let box: RenderedPicture['box'] = null;
  // Who acts is painted last: nobody stands before it.
  const acts = [...actsOf(script)].sort((a, b) => Number(isActing(a, t)) - Number(isActing(b, t)));
  for (const act of acts) {
    const acting = isActing(act, t);
    const painted = paintBody(context, act.actor, actorPose(act, t), acting ? act.action : 'idle');
    if (acting) box = painted;
  }
  flicker(context, script.flicker[t]!);
  return box;
}

/** Brightness: a veil of black or white over the whole picture. */
function flicker(context: SKRSContext2D, factor: number): void {
  context.fillStyle = factor < 1 ? `rgba(0,0,0,${1 - factor})` : `rgba(255,255,255,${factor - 1})`;
  context.fillRect(0, 0, stage.width, stage.height);
}

/** Draws a thing; the box of what was drawn, cut at the stage. */
function paintBody(
  context: SKRSContext2D,
  thing: Body,
  pose: Pose,
  look: Look = 'idle',
): [number, number, number, number] {
  const path = outline(thing.kind, pose.angle, pose.side).map(([x, y]): Point => [x + pose.x, y + pose.y]);
  context.save();
  paintWhole(context, thing, path, pose, look);
  context.restore();
  const [x0, y0, x1, y1] = bounds(path);
  return [Math.max(0, x0), Math.max(0, y0), Math.min(stage.width, x1), Math.min(stage.height, y1)];
}

function paintWhole(context: SKRSContext2D, thing: Body, path: Point[], pose: Pose, look: Look): void {
  trace(context, path);
  context.fillStyle = look === 'idle' ? colour(thing) : 'hsl(0, 0%, 96%)'; // who acts lights up
  context.fill();
  const paint = patterns[look];
  if (!paint) return;
  context.clip();
  context.fillStyle = context.strokeStyle = 'hsl(0, 0%, 6%)';
  paint(context, pose);
}

type PaintShape = (context: SKRSContext2D, pose: Pose) => void;

/** What the four looks paint in black on the lit body. A motion paints nothing: it is only lit. */
const patterns: Partial<Record<Look, PaintShape>> = {
  stripes(context, { x, y, side }) {
    const step = side / 4;
    for (let k = -4; k <= 4; k++) context.fillRect(x - side, y + k * step, 2 * side, step / 2);
  },
  bars(context, { x, y, side }) {
    const step = side / 4;
    for (let k = -4; k <= 4; k++) context.fillRect(x + k * step, y - side, step / 2, 2 * side);
  },
  checks(context, { x, y, side }) {
    const step = side / 5;
    for (let i = -5; i <= 5; i++) {
      for (let j = -5; j <= 5; j++)
        if ((i + j) % 2 === 0) context.fillRect(x + i * step, y + j * step, step, step);
    }
  },
  rings(context, { x, y, side }) {
    context.lineWidth = side / 9;
    for (let k = 1; k <= 4; k++) {
      context.beginPath();
      context.arc(x, y, (k * side) / 4.5 - side / 9, 0, 2 * Math.PI);
      context.stroke();
    }
  },
};

function trace(context: SKRSContext2D, path: readonly Point[]): void {
  context.beginPath();
  path.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.closePath();
}

function colour({ hue, lightness }: Body): string {
  return `hsl(${hue.toFixed(1)}, 70%, ${lightness.toFixed(1)}%)`;
}

/** A muted texture: soft clouds of colour, scratches and grain. */
function paintBackdrop(seed: number): Canvas {
  const random = Random.from(seed, 'backdrop');
  const [width, height] = [stage.width + 2 * margin, stage.height + 2 * margin];
  const canvas = newCanvas(width, height);
  const context = canvas.getContext('2d');
  const hue = random.uniform(0, 360);
  for (const [columns, rows, alpha] of [
    [7, 6, 1],
    [26, 21, 0.45],
    [width, height, 0.16],
  ] as const) {
    // prettier-ignore
    context.globalAlpha = alpha;
    context.drawImage(clouds(random, hue, columns, rows), 0, 0, width, height);
  }
  context.globalAlpha = 0.25;
  for (let i = 0; i < 26; i++) scratch(context, random, width, height);
  return canvas;
}

/** A small picture of random muted colours; stretched, it becomes clouds. */
function clouds(random: Random, hue: number, columns: number, rows: number): Canvas {
  const canvas = newCanvas(columns, rows);
  const context = canvas.getContext('2d');
  const image = context.createImageData(columns, rows);
  const tint = [0, 120, 240].map((offset) => 12 * Math.cos(((hue + offset) * Math.PI) / 180));
  for (let i = 0; i < columns * rows; i++) {
    const grey = random.uniform(40, 150);
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = grey + tint[c]! + random.uniform(-12, 12);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function scratch(context: SKRSContext2D, random: Random, width: number, height: number): void {
  context.strokeStyle = random.uniform() < 0.5 ? 'black' : 'white';
  context.lineWidth = random.uniform(0.5, 2);
  context.beginPath();
  const [x, y] = [random.uniform(0, width), random.uniform(0, height)];
  context.moveTo(x, y);
  context.lineTo(x + random.uniform(-40, 40), y + random.uniform(-40, 40));
  context.stroke();
}
