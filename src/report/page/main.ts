// Starts the page: joins player, overlay, time line and panel, and listens to the keyboard.
import { momentAt } from './moments.js';
import { Overlay, type OverlayChoice } from './overlay.js';
import type { PageClip, PageData } from './pageData.js';
import { showPanel } from './panel.js';
import { byId } from './parts.js';
import { Player } from './player.js';
import { Timeline } from './timeline.js';

const { clips } = JSON.parse(byId('data').textContent) as PageData;
const cards = Array.from(document.querySelectorAll<HTMLButtonElement>('.cards button'));
const overlay = new Overlay();
const player = new Player(show, (isPlaying) => {
  byId('play').classList.toggle('playing', isPlaying);
  byId('play').setAttribute('aria-label', isPlaying ? 'Pause' : 'Play');
  if (!isPlaying) byId('spoken').textContent = `Paused at ${timeline.says(player.seconds)}`;
});
const timeline = new Timeline((seconds) => {
  player.video.pause();
  player.seek(seconds);
});
let open = 0;

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
function strongest({ result }: PageClip): number {
  return result.frames.reduce((best, frame) => (frame.weight > best.weight ? frame : best), {
    weight: -1,
    timeSeconds: 0,
  }).timeSeconds;
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
  player.load(clip, strongest(clip));
  cards.forEach((card, i) => card.setAttribute('aria-current', String(i === open)));
}

/** Opens a clip on the reader's wish: the list follows. The first clip opens without moving the page. */
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
  const starts = clips[open]!.result.segments.map(({ startSeconds }) => startSeconds).sort((a, b) => a - b);
  const ahead = starts.filter((start) => direction * (start - player.seconds) > 0.05);
  const next = direction > 0 ? ahead[0] : ahead.at(-1);
  player.seek(next ?? (direction > 0 ? player.seconds : 0));
}

const toggles = { m: 'mask', c: 'contour', b: 'box', t: 'truth' } as const;

function toggle(name: keyof OverlayChoice & string): void {
  if (name === 'opacity') return;
  overlay.choice[name] = !overlay.choice[name];
  byId(name).setAttribute('aria-pressed', String(overlay.choice[name]));
  overlay.draw(player.seconds);
}

const keys: Record<string, (event: KeyboardEvent) => void> = {
  ' ': () => player.toggle(),
  ArrowLeft: ({ shiftKey }) => (shiftKey ? sample(-1) : player.step(-1)),
  ArrowRight: ({ shiftKey }) => (shiftKey ? sample(1) : player.step(1)),
  Home: () => player.seek(0),
  End: () => player.seek(clips[open]!.result.video.durationSeconds),
  '[': () => segment(-1),
  ']': () => segment(1),
  j: () => chooseClip(open + 1),
  k: () => chooseClip(open - 1),
};
for (const [key, name] of Object.entries(toggles)) keys[key] = () => toggle(name);

/** Keys that the focused element needs itself. */
function hasOwnUse(element: HTMLElement, key: string): boolean {
  if (element.matches('select')) return true;
  if (element.matches('input')) return /^(Arrow|Home|End)/.test(key);
  return key === ' ' && element.matches('button, summary');
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (hasOwnUse(target, event.key)) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act(event);
});

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
byId('theme').addEventListener('click', () => {
  root.dataset['theme'] = root.dataset['theme'] === 'dark' ? 'light' : 'dark';
});
openClip(0);
