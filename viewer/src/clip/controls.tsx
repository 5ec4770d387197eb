// Playback, and what is drawn over the picture.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ColourMap } from '../../../src/page/colours.js';
import { Icon } from '../icon.js';
import { isLabelling } from '../label/labelPanel.js';
import type { ClipPlayer } from './clipPlayer.js';
import { texts } from '../words/index.js';

interface Props {
  clipPlayer: ClipPlayer;
  isPlaying: boolean;
  hasTruth: boolean;
  clock: RefObject<HTMLOutputElement | null>;
}

const TOGGLES = [
  ['mask', 'm'],
  ['contour', 'c'],
  ['box', 'b'],
  ['truth', 't'],
] as const;

const SPEEDS = [
  [0.25, '¼ ×'],
  [0.5, '½ ×'],
  [1, '1 ×'],
  [2, '2 ×'],
] as const;

/** The row below the picture. */
export function Controls({ clipPlayer, isPlaying, hasTruth, clock }: Props) {
  const { player } = clipPlayer;
  const t = texts.value.player;
  useEffect(() => player.seek(player.seconds), [clipPlayer]); // the clock has come: let it show the moment
  return (
    <div class="controls" role="toolbar" aria-label={t.controls}>
      <div class="group">
        <button type="button" aria-label={t.back} title={t.backHint} onClick={() => player.step(-1)}>
          <Icon name="back" />
        </button>
        <button
          id="play"
          type="button"
          class="main"
          aria-label={isPlaying ? t.pause : t.play}
          title={t.playHint}
          onClick={() => player.toggle()}
        >
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        <button type="button" aria-label={t.forward} title={t.forwardHint} onClick={() => player.step(1)}>
          <Icon name="forward" />
        </button>
      </div>
      <output class="clock" aria-live="off" ref={clock}>
        <b>0.00</b>
        <small />
      </output>
      <select
        aria-label={t.speed}
        title={t.speed}
        onChange={({ currentTarget: { value } }) => {
          player.video.defaultPlaybackRate = player.video.playbackRate = Number(value);
        }}
      >
        {SPEEDS.map(([rate, name]) => (
          <option key={rate} value={rate} selected={rate === 1}>
            {name}
          </option>
        ))}
      </select>
      <Drawn clipPlayer={clipPlayer} hasTruth={hasTruth} />
      <button
        id="label"
        type="button"
        aria-pressed={isLabelling.value}
        title={t.labelHint}
        onClick={() => (isLabelling.value = !isLabelling.value)}
      >
        {t.label}
      </button>
    </div>
  );
}

/** What is drawn over the picture, and how. */
function Drawn({ clipPlayer, hasTruth }: { clipPlayer: ClipPlayer; hasTruth: boolean }) {
  const [, renew] = useState(0);
  useEffect(() => clipPlayer.onChoice(() => renew((count) => count + 1)), [clipPlayer]);
  const { choice } = clipPlayer;
  const t = texts.value.player;
  return (
    <>
      <div class="group toggles">
        {TOGGLES.filter(([name]) => name !== 'truth' || hasTruth).map(([name, key]) => (
          <button
            key={name}
            id={name}
            type="button"
            aria-pressed={choice[name]}
            title={`${t.drawings[name]} (${key})`}
            onClick={() => clipPlayer.choose({ [name]: !choice[name] })}
          >
            {t.drawings[name]}
          </button>
        ))}
      </div>
      <label class="opacity">
        {t.opacity}{' '}
        <input
          type="range"
          min="0"
          max="100"
          value={Math.round(100 * choice.opacity)}
          onInput={({ currentTarget }) => clipPlayer.choose({ opacity: Number(currentTarget.value) / 100 })}
        />
      </label>
      <select
        aria-label={t.colours}
        title={t.colours}
        value={choice.colours}
        onChange={({ currentTarget }) => clipPlayer.choose({ colours: currentTarget.value as ColourMap })}
      >
        <option value="cividis">cividis</option>
        <option value="viridis">viridis</option>
      </select>
    </>
  );
}
