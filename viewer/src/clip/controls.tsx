// Playback, and what is drawn over the picture.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ColourMap } from '../../../src/page/colours.js';
import { Icon } from '../icon.js';
import { isLabelling } from '../label/labelPanel.js';
import type { ClipPlayer } from './clipPlayer.js';

interface Props {
  clipPlayer: ClipPlayer;
  isPlaying: boolean;
  hasTruth: boolean;
  clock: RefObject<HTMLOutputElement | null>;
}

const TOGGLES = [
  ['mask', 'Mask', 'm'],
  ['contour', 'Contour', 'c'],
  ['box', 'Box', 'b'],
  ['truth', 'Truth', 't'],
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
  useEffect(() => player.seek(player.seconds), [clipPlayer]); // the clock has come: let it show the moment
  return (
    <div class="controls" role="toolbar" aria-label="Playback and overlay">
      <div class="group">
        <button
          type="button"
          aria-label="One frame back"
          title="One frame back (left arrow)"
          onClick={() => player.step(-1)}
        >
          <Icon name="back" />
        </button>
        <button
          id="play"
          type="button"
          class="main"
          aria-label={isPlaying ? 'Pause' : 'Play'}
          title="Play or pause (space)"
          onClick={() => player.toggle()}
        >
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        <button
          type="button"
          aria-label="One frame forward"
          title="One frame forward (right arrow)"
          onClick={() => player.step(1)}
        >
          <Icon name="forward" />
        </button>
      </div>
      <output class="clock" aria-live="off" ref={clock}>
        <b>0.00</b>
        <small />
      </output>
      <select
        aria-label="Speed"
        title="Speed"
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
        title="Label this clip (l)"
        onClick={() => (isLabelling.value = !isLabelling.value)}
      >
        Label
      </button>
    </div>
  );
}

/** What is drawn over the picture, and how. */
function Drawn({ clipPlayer, hasTruth }: { clipPlayer: ClipPlayer; hasTruth: boolean }) {
  const [, renew] = useState(0);
  useEffect(() => clipPlayer.onChoice(() => renew((count) => count + 1)), [clipPlayer]);
  const { choice } = clipPlayer;
  return (
    <>
      <div class="group toggles">
        {TOGGLES.filter(([name]) => name !== 'truth' || hasTruth).map(([name, text, key]) => (
          <button
            key={name}
            id={name}
            type="button"
            aria-pressed={choice[name]}
            title={`${text} (${key})`}
            onClick={() => clipPlayer.choose({ [name]: !choice[name] })}
          >
            {text}
          </button>
        ))}
      </div>
      <label class="opacity">
        Opacity{' '}
        <input
          type="range"
          min="0"
          max="100"
          value={Math.round(100 * choice.opacity)}
          onInput={({ currentTarget }) => clipPlayer.choose({ opacity: Number(currentTarget.value) / 100 })}
        />
      </label>
      <select
        aria-label="Colours of the mask"
        title="Colours of the mask"
        value={choice.colours}
        onChange={({ currentTarget }) => clipPlayer.choose({ colours: currentTarget.value as ColourMap })}
      >
        <option value="cividis">cividis</option>
        <option value="viridis">viridis</option>
      </select>
    </>
  );
}
