// The text beside the player: title, class bars, sentences and facts of the clip that is open.
import { counted, percent, seconds, words } from './sentences.js';
import type { Result } from '../result.js';
import type { ReportedClip } from './pageData.js';
import { byId, make } from './parts.js';
import { stretchAnswer, type Stretch } from './stretch.js';

/** Fills the panel with a clip. */
export function showPanel(clip: ReportedClip): void {
  const { result, truth } = clip;
  byId('clip-title').textContent = clip.title;
  const verdict = byId('verdict');
  const isRight = truth?.label === result.classes[0]?.label;
  verdict.className = truth ? `chip ${isRight ? 'right' : 'wrong'}` : 'chip';
  verdict.textContent = !truth
    ? ''
    : isRight
      ? '✓ class is right'
      : `✗ class is wrong: it is ${words(truth.label)}`;
  byId('bars').replaceChildren(...result.classes.slice(0, 5).map((score) => bar(score, truth?.label)));
  byId('words').replaceChildren(...clip.sentences.map((sentence) => make('li', {}, sentence)));
  byId('facts').replaceChildren(
    ...facts(clip).flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]),
  );
}

/** What the marked stretch says alone; hidden while none is marked. */
export function showStretch(result: Result, stretch: Stretch | null): void {
  byId('stretch').hidden = stretch === null;
  if (!stretch) return;
  const { startSeconds, endSeconds } = stretch;
  byId('stretch-name').textContent = `From ${seconds(startSeconds)} to ${seconds(endSeconds)} alone`;
  const answer = stretchAnswer(result, stretch);
  byId('stretch-bars').replaceChildren(...(answer?.classes.slice(0, 3) ?? []).map((score) => bar(score)));
  byId('stretch-note').textContent = answer
    ? `Evidence of ${counted(answer.frames, 'sampled frame')}.`
    : 'This form of attention gives no evidence over time.';
}

function bar({ label, probability }: { label: string; probability: number }, truth?: string): HTMLElement {
  const fill = make('i');
  fill.style.width = `${100 * probability}%`;
  return make(
    'li',
    {},
    make('span', label === truth ? { class: 'is-true' } : {}, words(label)),
    make('span', {}, percent(probability)),
    make('div', { class: 'track', 'aria-hidden': 'true' }, fill),
  );
}

function facts({ result }: ReportedClip): [string, string][] {
  const { video, model, frames } = result;
  return [
    ['File', result.clip.split('/').slice(-2).join('/')],
    ['Picture', `${video.width} × ${video.height}`],
    ['Length', `${seconds(video.durationSeconds)}, ${video.frames} frames`],
    ['Looked at', `${frames.length} frames`],
    ['Attention', model.attention],
    ['Backbone', model.backbone],
    ['Model', model.id],
  ];
}
