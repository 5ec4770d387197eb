// Starts the page: joins player, overlay, time line and panel, and listens to the keyboard.
import { shownSegments } from './actors.js';
import { listenKeys, type KeyMap } from './keys.js';
import { momentAt } from './moments.js';
import { Overlay } from './overlay.js';
import type { ReportedClip, PageData } from './pageData.js';
import { showPanel, showStretch } from './panel.js';
import { byId } from './parts.js';
import { Player } from './player.js';
import { Timeline } from './timeline.js';

const { clips } = JSON.parse(byId('data').textContent) as PageData;
const cards = Array.from(document.querySelectorAll<HTMLButtonElement>('.cards button'));
const overlay = new Overlay(byId<HTMLCanvasElement>('overlay'), byId<HTMLCanvasElement>('mask-layer'));
const player = new Player(byId<HTMLVideoElement>('video'), {
  onTime: show,
  onPlaying: (isPlaying) => {
    byId('play').classList.toggle('playing', isPlaying);
    byId('play').setAttribute('aria-label', isPlaying ? 'Pause' : 'Play');
    if (!isPlaying) byId('spoken').textContent = `Paused at ${timeline.says(player.seconds)}`;
  },
  onFail: () => fail('This browser cannot play the H.264 copy of the clip.'),
});
const timeline = new Timeline(byId('timeline'), {
  onSeek: (seconds) => {
    player.video.pause();
    player.seek(seconds);
  },
  onStretch: (stretch) => showStretch(clips[open]!.result, stretch),
});
let open = 0;
let copy: string | null = null;

function show(seconds: number): void {
  const clip = clips[open];
  if (!clip) return;
  overlay.draw(seconds);
  timeline.show(seconds);
  byId('readout').textContent = timeline.says(seconds);
  const total = clip.result.video.durationSeconds;
  byId('clock').innerHTML = `${seconds.toFixed(2)} <small>/ ${total.toFixed(2)} s</small>`;
  document.documentElement.dataset['seconds'] = seconds.toFixed(4);
}

/** The time of the largest when-weight: what the card's picture shows. */
function strongest({ result }: ReportedClip): number {
  return result.frames.reduce((best, frame) => (frame.weight > best.weight ? frame : best), {
    weight: -1,
    timeSeconds: 0,
  }).timeSeconds;
}

/** The MP4 inside the page becomes a blob of the page's own. */
function sourceOf({ video }: ReportedClip): string | null {
  if (copy) URL.revokeObjectURL(copy);
  copy = null;
  if (!video) return null;
  const bytes = Uint8Array.from(atob(byId(video.id).textContent), (c) => c.charCodeAt(0));
  return (copy = URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' })));
}

function fail(text: string): void {
  byId('broken').textContent = text;
  byId('broken').hidden = false;
}

function openClip(index: number): void {
  open = Math.min(clips.length - 1, Math.max(0, index));
  const clip = clips[open];
  if (!clip) return;
  const { width, height } = clip.result.video;
  byId('screen').style.setProperty('--aspect', String(width / height));
  byId('truth').hidden = clip.truth === null;
  byId('video').setAttribute('aria-label', clip.title);
  showPanel(clip);
  overlay.load(clip);
  timeline.load(clip);
  showStretch(clip.result, null);
  const { frames, frameRate } = clip.video ?? clip.result.video;
  byId('broken').hidden = clip.video !== null;
  byId('video').hidden = clip.video === null;
  if (!clip.video) fail(clip.missing ?? 'No video in this report.');
  player.load({ source: sourceOf(clip), frames, frameRate }, strongest(clip));
  cards.forEach((card, i) => card.setAttribute('aria-current', String(i === open)));
}

/** Opens a clip at the reader's request: the list follows. The first clip opens without moving the page. */
function chooseClip(index: number): void {
  openClip(index);
  cards[open]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  byId('spoken').textContent = clips[open]?.sentences[0] ?? '';
}

/** To the neighbouring sampled frame. */
function sample(direction: 1 | -1): void {
  const times = clips[open]!.result.frames.map(({ timeSeconds }) => timeSeconds);
  const { before, after, share } = momentAt(times, player.seconds + direction * 1e-3);
  player.video.pause();
  player.seek(times[direction > 0 ? after : share < 1 ? before : after]!);
}

/** To the start of the segment after or before. */
function segment(direction: 1 | -1): void {
  const starts = shownSegments(clips[open]!.result)
    .map(({ startSeconds }) => startSeconds)
    .sort((a, b) => a - b);
  const ahead = starts.filter((start) => direction * (start - player.seconds) > 0.05);
  const next = direction > 0 ? ahead[0] : ahead.at(-1);
  player.seek(next ?? (direction > 0 ? player.seconds : 0));
}

const toggles = { m: 'mask', c: 'contour', b: 'box', t: 'truth' } as const;

/** Marks from the playhead on (`in`), or up to it (`out`). */
function markTo(end: 'in' | 'out'): void {
  const { stretch, durationSeconds } = timeline;
  const at = player.seconds;
  const [startSeconds, endSeconds] =
    end === 'in'
      ? [at, stretch && stretch.endSeconds > at ? stretch.endSeconds : durationSeconds]
      : [stretch && stretch.startSeconds < at ? stretch.startSeconds : 0, at];
  if (endSeconds > startSeconds) timeline.mark({ startSeconds, endSeconds });
}

function toggle(name: (typeof toggles)[keyof typeof toggles]): void {
  overlay.choice[name] = !overlay.choice[name];
  byId(name).setAttribute('aria-pressed', String(overlay.choice[name]));
  overlay.draw(player.seconds);
}

const keys: KeyMap = {
  ' ': () => player.toggle(),
  ArrowLeft: ({ shiftKey }) => (shiftKey ? sample(-1) : player.step(-1)),
  ArrowRight: ({ shiftKey }) => (shiftKey ? sample(1) : player.step(1)),
  Home: () => player.seek(0),
  End: () => player.seek(clips[open]!.result.video.durationSeconds),
  '[': () => segment(-1),
  ']': () => segment(1),
  j: () => chooseClip(open + 1),
  k: () => chooseClip(open - 1),
  i: () => markTo('in'),
  o: () => markTo('out'),
  x: () => timeline.mark(null),
};
for (const [key, name] of Object.entries(toggles)) keys[key] = () => toggle(name);

listenKeys(keys);
byId('play').addEventListener('click', () => player.toggle());
byId('overlay').addEventListener('click', () => player.toggle());
byId('back').addEventListener('click', () => player.step(-1));
byId('forward').addEventListener('click', () => player.step(1));
for (const name of Object.values(toggles)) byId(name).addEventListener('click', () => toggle(name));
cards.forEach((card, i) => card.addEventListener('click', () => chooseClip(i)));
byId<HTMLInputElement>('opacity').addEventListener('input', ({ target }) => {
  overlay.choice.opacity = Number((target as HTMLInputElement).value) / 100;
  overlay.draw(player.seconds);
});
byId<HTMLSelectElement>('speed').addEventListener('change', ({ target }) => {
  player.video.defaultPlaybackRate = player.video.playbackRate = Number((target as HTMLSelectElement).value);
});

const root = document.documentElement;
root.dataset['theme'] = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
byId('stretch-end').addEventListener('click', () => timeline.mark(null));
byId('theme').addEventListener('click', () => {
  root.dataset['theme'] = root.dataset['theme'] === 'dark' ? 'light' : 'dark';
});
openClip(0);
