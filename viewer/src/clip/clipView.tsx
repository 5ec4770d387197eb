// One clip: its player with the answer drawn in, the time line, and the answer in figures and words.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { listenKeys } from '../../../src/page/keys.js';
import { words } from '../../../src/page/sentences.js';
import { ClipInfo } from '../../../src/server/api.js';
import { AnyResult, type Result } from '../../../src/result.js';
import { shown } from '../browse/rows.js';
import { isLabelling, LabelPanel } from '../label/labelPanel.js';
import { LabelLayer } from '../label/labelLayer.js';
import { useLabels } from '../label/useLabels.js';
import { useLoaded, type Loaded } from '../loaded.js';
import { go } from '../route.js';
import { ask } from '../source.js';
import { besideModel, hasServer, model } from '../store.js';
import { texts } from '../words/index.js';
import { Answer } from './answer.js';
import { Controls } from './controls.js';
import { strongest, type ClipPlayer } from './clipPlayer.js';
import type { PanelId } from './panel.js';
import { panels } from './panels.js';
import { useClipPlayer } from './useClipPlayer.js';

/** The view of a clip. It is made anew for every clip. */
export function ClipView({ id }: { id: string }) {
  const info = useLoaded(id, (signal) => playableInfo(id, signal));
  const path = (entry: { key: string; id: string | null } | null): string =>
    entry?.id ? `models/${entry.key}/clips/${id}.json` : '';
  const [first, second] = [path(model.value), path(besideModel.value)];
  const tries = useSignal(0);
  const result = useLoaded(first && `${first} ${model.value?.id} ${tries.value}`, (signal) =>
    ask(first, AnyResult, { signal }),
  );
  const beside = useLoaded(second && `${second} ${besideModel.value?.id}`, (signal) =>
    ask(second, AnyResult, { signal }),
  );
  const known = info.value.value;
  if (info.value.state === 'failed') return <Broken text={info.value.error.message} />;
  if (!known) return <Waiting id={id} />;
  return (
    <OpenClip
      info={known}
      result={result.value}
      beside={second ? beside.value : null}
      onRetry={() => tries.value++}
    />
  );
}

/** Facts of a clip that can be played: where a browser cannot, the server makes a copy first. */
async function playableInfo(id: string, signal: AbortSignal): Promise<ClipInfo> {
  const info = await ask(`clips/${id}/info.json`, ClipInfo, { signal });
  if (info.copy !== 'needed' || !hasServer.value) return info;
  return ask(`clips/${id}/copy`, ClipInfo, { method: 'POST', signal });
}

function Waiting({ id }: { id: string }) {
  return (
    <article class="player" aria-busy="true">
      <p class="waiting" id={`waiting-${id}`}>
        {texts.value.player.reading}
      </p>
    </article>
  );
}

function Broken({ text }: { text: string }) {
  return (
    <article class="player">
      <h1>{texts.value.clips.brokenClip}</h1>
      <p id="clip-fault">{text}</p>
      <p class="note">{texts.value.clips.brokenHelp}</p>
    </article>
  );
}

/** To the clip after or before in the list. */
function neighbour(id: string, direction: 1 | -1): void {
  const at = shown.value.findIndex((row) => row.id === id);
  const next = shown.value[at + direction];
  if (next) go({ clip: next.id });
}

interface OpenProps {
  info: ClipInfo;
  result: Loaded<Result>;
  beside: Loaded<Result> | null;
  /** Asks the model once more. */
  onRetry: () => void;
}

function OpenClip({ info, result, beside, onRetry }: OpenProps) {
  const root = useRef<HTMLElement>(null);
  const clock = useRef<HTMLOutputElement>(null);
  const opened = useClipPlayer(root, clock, info);
  const { clipPlayer, stretch } = opened;
  const labels = useLabels(info);
  const answered = result.state === 'ready' ? result.value : null;
  const other = beside?.state === 'ready' ? beside.value : null;
  useEffect(() => {
    if (!clipPlayer.value) return;
    stretch.value = null;
    clipPlayer.value.order = model.value?.classes ?? [];
    clipPlayer.value.answer(answered);
    if (answered && clipPlayer.value.player.seconds === 0 && !opened.isPlaying.value)
      clipPlayer.value.seek(strongest(answered));
  }, [answered]);
  useEffect(() => clipPlayer.value?.answerBeside(other), [other]);
  useKeys(info.id, clipPlayer.value, () => void (isLabelling.value = !isLabelling.value));
  const props = clipPlayer.value && { info, result: answered, clipPlayer: clipPlayer.value };
  return (
    <article class="player" id="player" aria-labelledby="clip-title" ref={root}>
      <Head info={info} answer={answered?.classes[0]?.label ?? null} />
      <div class="stage-row">
        <div class="stage">
          <Screens info={info} isBeside={beside !== null} onToggle={() => clipPlayer.value?.player.toggle()}>
            {isLabelling.value && labels.isOpen.value && clipPlayer.value && (
              <LabelLayer info={info} clipPlayer={clipPlayer.value} labels={labels} />
            )}
            {opened.fault.value !== '' && <p class="broken">{opened.fault.value}</p>}
          </Screens>
          {clipPlayer.value && (
            <Controls
              clipPlayer={clipPlayer.value}
              isPlaying={opened.isPlaying.value}
              hasTruth={info.truth !== null}
              clock={clock}
            />
          )}
          {beside && <h2 class="small">{model.value?.name}</h2>}
          <div
            id="timeline"
            class="timeline"
            role="slider"
            tabIndex={0}
            aria-label={texts.value.player.time}
            aria-valuemin={0}
            aria-valuenow={0}
            aria-orientation="horizontal"
          />
          <BesideTime isThere={beside !== null} />
          {isLabelling.value && labels.isOpen.value && props && <LabelPanel {...props} labels={labels} />}
        </div>
        <Answer {...{ info, result, beside, stretch, onRetry }} clipPlayer={clipPlayer.value} />
      </div>
      {props &&
        panels
          .filter((panel) => panel.isOffered(props))
          .map(({ id, View }) => (
            <details key={id} class="panel" id={`panel-${id}`}>
              <summary>{titleOf(id)}</summary>
              <View {...props} />
            </details>
          ))}
      <p class="unseen" aria-live="polite">
        {opened.spoken.value}
      </p>
    </article>
  );
}

/** What the summary of a panel says. */
function titleOf(id: PanelId): string {
  return { 'what-if': texts.value.whatIf.title }[id];
}

/** The time line of the second model; it is in the page before there is one, for the player to find. */
function BesideTime({ isThere }: { isThere: boolean }) {
  return (
    <section hidden={!isThere} aria-labelledby="beside-name">
      <h2 class="small" id="beside-name">
        {besideModel.value?.name}
      </h2>
      <div
        id="timeline-beside"
        class="timeline"
        role="slider"
        tabIndex={0}
        aria-label={texts.value.clips.besideTime}
        aria-valuemin={0}
        aria-valuenow={0}
        aria-orientation="horizontal"
      />
    </section>
  );
}

function Head({ info, answer }: { info: ClipInfo; answer: string | null }) {
  const t = texts.value.player;
  const isRight = info.label !== null && answer !== null ? answer === info.label : null;
  return (
    <header class="player-head">
      <h1 id="clip-title">{info.name}</h1>
      {isRight !== null && (
        <p class={`chip ${isRight ? 'right' : 'wrong'}`} id="verdict">
          {isRight ? t.right : t.wrong(words(info.label!))}
        </p>
      )}
      <span class="grow" />
      <button class="quiet" type="button" title={t.previousHint} onClick={() => neighbour(info.id, -1)}>
        {t.previous}
      </button>
      <button class="quiet" type="button" title={t.nextHint} onClick={() => neighbour(info.id, 1)}>
        {t.next}
      </button>
    </header>
  );
}

interface ScreensProps {
  info: ClipInfo;
  isBeside: boolean;
  onToggle: () => void;
  children: ComponentChildren;
}

/** The picture with the overlay, and a second one where two models are compared. */
function Screens({ info, isBeside, onToggle, children }: ScreensProps) {
  const style = { '--aspect': info.video.width / info.video.height };
  return (
    <div class={isBeside ? 'screens two' : 'screens'}>
      <figure>
        {isBeside && <figcaption>{model.value?.name}</figcaption>}
        <div class="screen" style={style}>
          <video muted playsInline preload="auto" disablePictureInPicture aria-label={info.name} />
          <canvas id="mask-layer" aria-hidden="true" />
          <canvas id="overlay" role="img" aria-label={texts.value.player.drawn} onClick={onToggle} />
          {children}
          <p class="readout" aria-hidden="true" />
        </div>
      </figure>
      <figure hidden={!isBeside}>
        <figcaption>{besideModel.value?.name}</figcaption>
        <div class="screen" style={style}>
          <canvas
            id="beside-overlay"
            role="img"
            aria-label={texts.value.player.drawnBeside}
            onClick={onToggle}
          />
        </div>
      </figure>
    </div>
  );
}

function useKeys(id: string, clipPlayer: ClipPlayer | null, onLabel: () => void): void {
  useEffect(() => {
    if (!clipPlayer) return undefined;
    const { player } = clipPlayer;
    const toggle = (name: 'mask' | 'contour' | 'box' | 'truth'): void =>
      clipPlayer.choose({ [name]: !clipPlayer.choice[name] });
    return listenKeys({
      ' ': () => player.toggle(),
      ArrowLeft: ({ shiftKey }) => (shiftKey ? clipPlayer.sample(-1) : player.step(-1)),
      ArrowRight: ({ shiftKey }) => (shiftKey ? clipPlayer.sample(1) : player.step(1)),
      Home: () => clipPlayer.seek(0),
      End: () => clipPlayer.seek(clipPlayer.timeline.durationSeconds),
      '[': () => clipPlayer.segment(-1),
      ']': () => clipPlayer.segment(1),
      j: () => neighbour(id, 1),
      k: () => neighbour(id, -1),
      m: () => toggle('mask'),
      c: () => toggle('contour'),
      b: () => toggle('box'),
      t: () => toggle('truth'),
      i: () => clipPlayer.markTo('in'),
      o: () => clipPlayer.markTo('out'),
      x: () => clipPlayer.timeline.mark(null),
      l: onLabel,
    });
  }, [id, clipPlayer]);
}
