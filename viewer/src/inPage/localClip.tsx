// A clip that was answered in the page: the same player, overlay, time line and bars as a served one.
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { sentences } from '../../../src/page/sentences.js';
import type { Result } from '../../../src/result.js';
import type { ClipInfo } from '../../../src/server/api.js';
import { Bars } from '../clip/answer.js';
import { Controls } from '../clip/controls.js';
import { ClipPlayer, strongest } from '../clip/clipPlayer.js';
import { clipPlayerElements, tell } from '../clip/useClipPlayer.js';
import type { PageAnswer } from './answered.js';
import type { PageClip } from '../../../src/web/clipFile.js';
import { texts } from '../words/index.js';

/** The player of an answered clip. */
export function LocalClip({ file, clip, result }: PageAnswer) {
  const root = useRef<HTMLElement>(null);
  const clock = useRef<HTMLOutputElement>(null);
  const info = useMemo(() => infoOf(clip), [clip]);
  const { clipPlayer, isPlaying } = useLocalPlayer({ root, clock, info, file, result });
  const { width, height } = info.video;
  return (
    <article class="player" id="here-player" aria-labelledby="here-clip" ref={root}>
      <LocalHead name={file.name} result={result} />
      <div class="stage-row">
        <div class="stage">
          <div class="screens">
            <figure>
              <div class="screen" style={{ '--aspect': width / height }}>
                <video muted playsInline preload="auto" disablePictureInPicture aria-label={file.name} />
                <canvas id="mask-layer" aria-hidden="true" />
                <canvas
                  id="overlay"
                  role="img"
                  aria-label={texts.value.player.drawn}
                  onClick={() => clipPlayer.value?.player.toggle()}
                />
                <p class="readout" aria-hidden="true" />
              </div>
            </figure>
            <figure hidden>
              <canvas id="beside-overlay" />
            </figure>
          </div>
          {clipPlayer.value && (
            <Controls
              clipPlayer={clipPlayer.value}
              isPlaying={isPlaying.value}
              hasTruth={false}
              clock={clock}
            />
          )}
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
        </div>
        <LocalAnswer result={result} />
      </div>
    </article>
  );
}

/** The answer as a file, in the form that `wherewhen predict --json` prints. */
function addressOfJson(result: Result): string {
  return URL.createObjectURL(new Blob([JSON.stringify(result, null, 2)], { type: 'application/json' }));
}

function LocalHead({ name, result }: { name: string; result: Result }) {
  const saved = useMemo(() => addressOfJson(result), [result]);
  useEffect(() => () => URL.revokeObjectURL(saved), [saved]);
  return (
    <header class="player-head">
      <h1 id="here-clip">{name}</h1>
      <span class="grow" />
      <a class="button" id="here-save" href={saved} download={`${name}.json`}>
        {texts.value.here.save}
      </a>
    </header>
  );
}

function LocalAnswer({ result }: { result: Result }) {
  return (
    <aside class="answer" aria-label={texts.value.answer.title}>
      <section aria-labelledby="here-what">
        <h2 class="small" id="here-what">
          {texts.value.answer.what}
        </h2>
        <Bars id="here" classes={result.classes.slice(0, 5)} />
      </section>
      <ul class="words">
        {sentences(result).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </aside>
  );
}

interface LocalPlayerParts {
  root: RefObject<HTMLElement | null>;
  clock: RefObject<HTMLOutputElement | null>;
  info: ClipInfo;
  file: File;
  result: Result;
}

/** Opens the player over the elements below `root` and plays the reader's own file on it. */
function useLocalPlayer({ root, clock, info, file, result }: LocalPlayerParts) {
  const clipPlayer = useSignal<ClipPlayer | null>(null);
  const isPlaying = useSignal(false);
  useEffect(() => {
    const { elements, readout } = clipPlayerElements(root.current!);
    const made: ClipPlayer = new ClipPlayer(
      elements,
      info,
      {
        onTime: (seconds) => tell(made, { seconds, readout, clock: clock.current }),
        onPlaying: (plays) => {
          isPlaying.value = plays;
          if (!plays) tell(made, { seconds: made.player.seconds, readout, clock: clock.current });
        },
        onFail: () => (readout.textContent = texts.value.player.cannotPlayHere),
        onStretch: () => undefined,
      },
      null,
    );
    const source = URL.createObjectURL(file);
    made.play({ source, ...info.played }, 0);
    made.answer(result);
    made.seek(strongest(result));
    clipPlayer.value = made;
    return () => {
      made.close();
      URL.revokeObjectURL(source);
    };
  }, []);
  return { clipPlayer, isPlaying };
}

/** What the player must know of the clip. */
function infoOf({ info, allTimes, warnings, damagedFrames, missingFrames }: PageClip): ClipInfo {
  const { path, frames, frameRate } = info;
  return {
    ...{ id: 'here', name: path, label: null, truth: null, copy: 'original' },
    video: { ...info, damagedFrames, missingFrames, warnings: [...warnings] },
    played: { frames, frameRate, times: Array.from(allTimes) },
    film: { columns: 1, aspect: info.width / info.height },
  };
}
