// What the model says, in bars and words; two models side by side; one stretch alone; facts of clip and model.
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLoaded, type Loaded } from '../loaded.js';
import { stretchAnswer, type Stretch } from '../../../src/page/stretch.js';
import { percent, seconds, sentences, words } from '../../../src/page/sentences.js';
import { AnyResult, type ClassScore, type Result } from '../../../src/result.js';
import type { ClipInfo, ModelEntry } from '../../../src/server/api.js';
import { ask } from '../source.js';
import { besideModel, hasServer, model } from '../store.js';
import { texts } from '../words/index.js';
import { ClassBars } from './classBars.js';
import type { ClipPlayer } from './clipPlayer.js';
import { KeyList } from '../keys.js';

interface Props {
  info: ClipInfo;
  result: Loaded<Result>;
  beside: Loaded<Result> | null;
  stretch: Signal<Stretch | null>;
  clipPlayer: ClipPlayer | null;
  /** Asks the model once more. */
  onRetry: () => void;
}

/** Classes that are named. */
const TOP = 5;

/** The column beside the player. */
export function Answer({ info, result, beside, stretch, clipPlayer, onRetry }: Props) {
  const t = texts.value.answer;
  const answered = result.state === 'ready' ? result.value : null;
  return (
    <aside class="answer" aria-label={t.title}>
      {model.value === null && <p class="note">{t.noModel}</p>}
      {model.value && (
        <What
          title={beside ? model.value.name : t.what}
          id="what"
          result={result}
          truth={info.label}
          onRetry={onRetry}
        >
          {answered && clipPlayer && (
            <ClassBars info={info} result={answered} clipPlayer={clipPlayer} order={model.value.classes} />
          )}
        </What>
      )}
      {beside && besideModel.value && (
        <What title={besideModel.value.name} id="what-beside" result={beside} truth={info.label} />
      )}
      {stretch.value && (
        <StretchAlone info={info} result={answered} stretch={stretch.value} clipPlayer={clipPlayer} />
      )}
      {answered && <Words id="words" result={answered} of={beside ? model.value?.name : undefined} />}
      {answered && beside?.state === 'ready' && (
        <>
          <Words id="words-beside" result={beside.value} of={besideModel.value?.name} />
          <p class="note" id="agree">
            {agreement(answered, beside.value)}
          </p>
        </>
      )}
      <Facts info={info} result={answered} />
      <details class="keys">
        <summary>{texts.value.clips.keysTitle} (?)</summary>
        <KeyList />
      </details>
    </aside>
  );
}

/** The answer in sentences; `of`: the model whose it is, where there are two. */
function Words({ id, result, of }: { id: string; result: Result; of: string | undefined }) {
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 class="small" id={`${id}-title`}>
        {of === undefined ? texts.value.answer.inWords : texts.value.answer.inWordsOf(of)}
      </h2>
      <ul class="words" id={id}>
        {sentences(result).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

/** Whether two answers name one class. */
function agreement(one: Result, other: Result): string {
  const [a, b] = [one, other].map(({ classes }) => classes[0]?.label ?? '');
  const t = texts.value.clips;
  return a === b ? t.agree(words(a!)) : t.differ(words(a!), words(b!));
}

function What({
  title,
  id,
  result,
  truth,
  onRetry,
  children,
}: {
  title: string;
  id: string;
  result: Loaded<Result>;
  truth: string | null;
  onRetry?: () => void;
  /** Instead of the plain bars. */
  children?: ComponentChildren;
}) {
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 class="small" id={`${id}-title`}>
        {title}
      </h2>
      {result.state === 'waiting' && <p class="waiting">{texts.value.answer.looks}</p>}
      {result.state === 'failed' && (
        <p class="bad" role="alert">
          {result.error.message}{' '}
          {onRetry && (
            <button type="button" onClick={onRetry}>
              {texts.value.clips.again}
            </button>
          )}
        </p>
      )}
      {result.state === 'ready' &&
        (children || <Bars id={id} classes={result.value.classes.slice(0, TOP)} truth={truth} />)}
    </section>
  );
}

/** Probabilities as bars. */
export function Bars({
  id,
  classes,
  truth = null,
}: {
  id: string;
  classes: ClassScore[];
  truth?: string | null;
}) {
  return (
    <ol class="bars" id={`${id}-bars`}>
      {classes.map(({ label, probability }) => (
        <li key={label}>
          <span class={label === truth ? 'is-true' : undefined}>{words(label)}</span>
          <span>{percent(probability)}</span>
          <div class="track" aria-hidden="true">
            <i style={{ width: `${100 * probability}%` }} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function StretchAlone(props: {
  info: ClipInfo;
  result: Result | null;
  stretch: Stretch;
  clipPlayer: ClipPlayer | null;
}) {
  const { info, result, stretch, clipPlayer } = props;
  const t = texts.value.answer;
  const { startSeconds, endSeconds } = stretch;
  const asked = useSignal('');
  const key = `${info.id} ${model.value?.key} ${startSeconds} ${endSeconds}`;
  const again = useLoaded(asked.value === key ? key : '', (signal) =>
    ask(`models/${model.value!.key}/clips/${info.id}/range`, AnyResult, {
      ...{ method: 'POST', signal },
      body: { startSeconds, endSeconds },
    }),
  );
  const quick = result && stretchAnswer(result, stretch);
  return (
    <section class="stretch" id="stretch" aria-labelledby="stretch-name">
      <h2 class="small" id="stretch-name">
        {t.alone(seconds(startSeconds), seconds(endSeconds))}
      </h2>
      {quick && <Bars id="stretch" classes={quick.classes.slice(0, 3)} truth={info.label} />}
      <p class="note">{quick ? t.evidence(quick.frames) : t.noEvidence}</p>
      {asked.value === key && (
        <>
          {again.value.state === 'waiting' && <p class="waiting">{t.looksAtStretch}</p>}
          {again.value.state === 'failed' && <p class="bad">{again.value.error.message}</p>}
          {again.value.state === 'ready' && (
            <>
              <Bars id="again" classes={again.value.value.classes.slice(0, 3)} truth={info.label} />
              <p class="note">{t.ofStretch(again.value.value.frames.length)}</p>
            </>
          )}
        </>
      )}
      <div class="group">
        {hasServer.value && model.value && asked.value !== key && (
          <button type="button" id="look-again" onClick={() => (asked.value = key)}>
            {t.lookAgain}
          </button>
        )}
        <button type="button" title={t.unmarkHint} onClick={() => clipPlayer?.timeline.mark(null)}>
          {t.unmark}
        </button>
      </div>
    </section>
  );
}

function Facts({ info, result }: { info: ClipInfo; result: Result | null }) {
  const { video } = info;
  const t = texts.value.answer;
  const rate = t.rate(Number(video.frameRate.toFixed(2)), video.isVariableRate);
  const facts: [string, string][] = [
    [t.picture, `${video.width} × ${video.height}${video.rotation ? t.turned(video.rotation) : ''}`],
    [t.length, `${seconds(video.durationSeconds)}, ${t.frames(video.frames)}, ${rate}`],
    [t.file, `${video.codec}${info.copy === 'made' ? t.asCopy : ''}`],
    ...video.warnings.map((warning): [string, string] => [t.beware, warning]),
    ...(result ? modelFacts(model.value, result) : []),
  ];
  return (
    <section aria-labelledby="facts-title">
      <h2 class="small" id="facts-title">
        {t.facts}
      </h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function modelFacts(
  entry: ModelEntry | null,
  { frames, model: { id, attention, backbone } }: Result,
): [string, string][] {
  const t = texts.value.answer;
  return [
    [t.lookedAt, t.frames(frames.length)],
    [t.model, `${entry?.name ?? ''} ${id}`],
    [t.attention, attention],
    [t.backbone, backbone],
  ];
}
