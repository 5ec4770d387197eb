// Opens the player of a clip once its elements are there, and shows on the page what happens on it.
import { useSignal, type Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Stretch } from '../../../src/page/stretch.js';
import { ClipInfo } from '../../../src/server/api.js';
import { addressOf, ask } from '../source.js';
import { hasServer } from '../store.js';
import { texts } from '../words/index.js';
import { ClipPlayer, type ClipPlayerElements } from './clipPlayer.js';

/** A player and what the page shows of it. */
export interface OpenedClipPlayer {
  clipPlayer: Signal<ClipPlayer | null>;
  isPlaying: Signal<boolean>;
  stretch: Signal<Stretch | null>;
  /** For screen readers. */
  spoken: Signal<string>;
  /** Why there is no picture. */
  fault: Signal<string>;
}

/** The player over the elements below `root`; it is closed with the component. */
export function useClipPlayer(
  root: RefObject<HTMLElement | null>,
  clock: RefObject<HTMLElement | null>,
  info: ClipInfo,
): OpenedClipPlayer {
  const clipPlayer = useSignal<ClipPlayer | null>(null);
  const isPlaying = useSignal(false);
  const stretch = useSignal<Stretch | null>(null);
  const spoken = useSignal('');
  const fault = useSignal('');
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
          if (!plays) spoken.value = texts.value.player.pausedAt(made.timeline.says(made.player.seconds));
        },
        onFail: () => void recover(made, info, fault),
        onStretch: (marked) => (stretch.value = marked),
      },
      { source: addressOf(`clips/${info.id}/film.jpg`), ...info.film, isPainted: false },
    );
    clipPlayer.value = made;
    const abort = new AbortController();
    seekable(addressOf(`clips/${info.id}/video.mp4`), abort.signal).then(
      (source) => made.play({ source, ...info.played }, made.player.seconds),
      (error: Error) => {
        if (!abort.signal.aborted) fault.value = error.message;
      },
    );
    return () => {
      abort.abort();
      made.close();
    };
  }, []);
  return { clipPlayer, isPlaying, stretch, spoken, fault };
}

/** The elements below `root` that a player drives, and the line that says what is seen. */
export function clipPlayerElements(root: HTMLElement): {
  elements: ClipPlayerElements;
  readout: HTMLElement;
} {
  const find = <E extends Element>(selector: string): E => root.querySelector<E>(selector)!;
  return {
    elements: {
      video: find('video'),
      overlay: find('#overlay'),
      mask: find('#mask-layer'),
      beside: find('#beside-overlay'),
      timeline: find('#timeline'),
      besideTimeline: root.querySelector<HTMLElement>('#timeline-beside'),
    },
    readout: find('.readout'),
  };
}

/** Milliseconds between two texts while a clip plays: nobody reads faster, and each lays the page out anew. */
const TEXT = 100;

let told = 0;

/** Written straight into the page: a component would be rendered anew for every frame. */
export function tell(
  clipPlayer: ClipPlayer,
  { seconds, readout, clock }: { seconds: number; readout: HTMLElement; clock: HTMLElement | null },
): void {
  document.documentElement.dataset['seconds'] = seconds.toFixed(4);
  document.documentElement.dataset['frame'] = String(clipPlayer.player.frame);
  const now = performance.now();
  if (clipPlayer.player.isPlaying && now - told < TEXT) return;
  told = now;
  readout.textContent = clipPlayer.timeline.says(seconds);
  if (!clock) return;
  clock.firstElementChild!.textContent = seconds.toFixed(2);
  clock.lastElementChild!.textContent = ` / ${clipPlayer.timeline.durationSeconds.toFixed(2)} s`;
}

/**
 * An address that can be sought in. Our server answers byte ranges; many a simple server of files does not, and there
 * the whole clip is taken into the page.
 */
async function seekable(address: string, signal: AbortSignal): Promise<string> {
  if (hasServer.value || address.startsWith('blob:')) return address;
  const first = await fetch(address, { signal, headers: { Range: 'bytes=0-0' } });
  if (!first.ok) throw new Error(texts.value.clips.goneClip);
  if (first.status === 206) return address;
  const copy = URL.createObjectURL(new Blob([await first.arrayBuffer()], { type: 'video/mp4' }));
  signal.addEventListener('abort', () => URL.revokeObjectURL(copy), { once: true });
  return copy;
}

/** A browser that refuses the file all the same gets a copy; one that refuses the copy says so. */
async function recover(clipPlayer: ClipPlayer, info: ClipInfo, fault: Signal<string>): Promise<void> {
  const refuses = texts.value.clips.cannotPlay;
  if (!hasServer.value || info.copy !== 'original') return void (fault.value = refuses);
  fault.value = texts.value.player.copying;
  try {
    const copied = await ask(`clips/${info.id}/copy`, ClipInfo, { method: 'POST' });
    const source = `${addressOf(`clips/${info.id}/video.mp4`)}?copy`;
    clipPlayer.play({ source, ...copied.played }, clipPlayer.player.seconds);
    fault.value = '';
  } catch (error) {
    fault.value = `${refuses} ${(error as Error).message}`;
  }
}
