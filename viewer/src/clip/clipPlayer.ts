// The player of a clip with everything that follows it: the overlay, a second picture with another model's overlay,
// and the time line. One video element drives both pictures, so that they can never show two moments.
import { Overlay, firstChoice, type OverlayChoice } from '../../../src/page/overlay.js';
import { shownSegments } from '../../../src/page/actors.js';
import { momentAt } from '../../../src/page/moments.js';
import type { Film, ShownClip } from '../../../src/page/pageData.js';
import { Player, type Playable, type PlayerListener } from '../../../src/page/player.js';
import type { Stretch } from '../../../src/page/stretch.js';
import { Timeline } from '../../../src/page/timeline.js';
import type { ClipInfo } from '../../../src/server/api.js';
import type { Result } from '../../../src/result.js';
import { loopTarget } from './loop.js';
import { momentOfClass } from './ofClass.js';

/** Elements of the page that a player drives. */
export interface ClipPlayerElements {
  video: HTMLVideoElement;
  overlay: HTMLCanvasElement;
  /** Bears the mask, below the overlay. */
  mask: HTMLCanvasElement;
  /** Shows the same picture with the answer of the second model. */
  beside: HTMLCanvasElement;
  timeline: HTMLElement;
  /** Bears the time line of the second model, where the page has one. */
  besideTimeline: HTMLElement | null;
}

/** Who follows what happens on the player. */
export interface ClipPlayerListener {
  onTime: (seconds: number) => void;
  onPlaying: (isPlaying: boolean) => void;
  onFail: () => void;
  onStretch: (stretch: Stretch | null) => void;
}

let choice: OverlayChoice = { ...firstChoice }; // the reader's choice outlives the clip

/** Joins player, overlays and time line of one open clip. */
export class ClipPlayer {
  readonly player: Player;
  readonly overlay: Overlay;
  readonly beside: Overlay;
  readonly timeline: Timeline;
  readonly #besideTimeline: Timeline | null;
  readonly #besideRoot: HTMLElement | null;
  result: Result;
  besideResult: Result | null = null;
  /** Classes in the order of their colours: those of the model, so that a class has one colour in all clips. */
  order: readonly string[] = [];
  readonly #followers = new Set<() => void>();
  readonly #choosers = new Set<() => void>();
  readonly #info: ClipInfo;
  readonly #film: Film | null;

  constructor(
    elements: ClipPlayerElements,
    info: ClipInfo,
    { onTime, onPlaying, onFail, onStretch }: ClipPlayerListener,
    film: Film | null,
  ) {
    this.#info = info;
    this.#film = film;
    choice = { ...choice, only: null }; // a class is chosen for one clip
    this.result = blankResult(info);
    this.overlay = new Overlay(elements.overlay, elements.mask);
    this.beside = new Overlay(elements.beside);
    this.beside.under = elements.video;
    const onDragged = (stretch: Stretch): void => this.#playLoop(stretch);
    const onSeek = (seconds: number): void => this.seek(seconds);
    this.timeline = new Timeline(elements.timeline, { onSeek, onStretch, onDragged });
    this.#besideRoot = elements.besideTimeline;
    const marked = (stretch: Stretch | null): void => this.timeline.mark(stretch); // one mark for both
    const onBoth = { onSeek, onStretch: marked, onDragged };
    this.#besideTimeline = this.#besideRoot && new Timeline(this.#besideRoot, onBoth);
    const listener: PlayerListener = {
      onTime: (seconds) => {
        if (this.#jumpBack()) return; // the jump tells its own time
        this.draw(seconds);
        this.timeline.show(seconds);
        if (this.besideResult) this.#besideTimeline?.show(seconds);
        onTime(seconds);
        for (const follower of this.#followers) follower();
      },
      onPlaying,
      onFail,
    };
    this.player = new Player(elements.video, listener, info.played); // an answer may be there before the video is
    this.#load();
  }

  /** Plays a source that shows the clip of this player. */
  play(playable: Playable, seconds: number): void {
    this.player.load(playable, seconds);
  }

  /** Takes the answer of the model (null: there is none yet). */
  answer(result: Result | null): void {
    this.result = result ?? blankResult(this.#info);
    this.#load();
  }

  /** Takes the answer of the second model. */
  answerBeside(result: Result | null): void {
    this.besideResult = result;
    const shown = this.#shown(result ?? blankResult(this.#info));
    this.beside.load(shown);
    if (result)
      this.#besideTimeline?.load({ ...shown, film: null }); // the first one's pictures serve both
    else this.#besideRoot?.replaceChildren();
    this.#besideTimeline?.show(this.player.seconds);
    this.draw();
  }

  get choice(): OverlayChoice {
    return choice;
  }

  /** Changes what is drawn. */
  choose(change: Partial<OverlayChoice>): void {
    choice = { ...choice, ...change };
    this.draw();
    for (const listener of this.#choosers) listener();
  }

  /** Shows one class alone on picture and time line (null: all that are told), at the moment where it is clearest. */
  chooseClass(label: string | null): void {
    this.timeline.choose(label);
    if (this.besideResult) this.#besideTimeline?.choose(label);
    this.choose({ only: label, box: label === null ? choice.box : true });
    const seconds = label === null ? null : momentOfClass(this.result, label);
    if (seconds !== null) this.seek(seconds);
  }

  /** Calls when what is drawn was changed, until the returned function is called. */
  onChoice(listener: () => void): () => void {
    this.#choosers.add(listener);
    return () => void this.#choosers.delete(listener);
  }

  /** Pauses, and shows the frame at `seconds`. */
  seek(seconds: number): void {
    this.player.video.pause();
    this.player.seek(seconds);
  }

  /** Calls on every shown frame, after everything is drawn, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** To the neighbouring sampled frame. */
  sample(direction: 1 | -1): void {
    const times = this.result.frames.map(({ timeSeconds }) => timeSeconds);
    if (times.length === 0) return;
    const { before, after, share } = momentAt(times, this.player.seconds + direction * 1e-3);
    this.seek(times[direction > 0 ? after : share < 1 ? before : after]!);
  }

  /** To the start of the segment after or before. */
  segment(direction: 1 | -1): void {
    const starts = shownSegments(this.result)
      .map(({ startSeconds }) => startSeconds)
      .sort((a, b) => a - b);
    const ahead = starts.filter((start) => direction * (start - this.player.seconds) > 0.05);
    const next = direction > 0 ? ahead[0] : ahead.at(-1);
    this.seek(next ?? (direction > 0 ? this.player.seconds : 0));
  }

  /** Marks from the playhead on (`in`), or up to it (`out`). */
  markTo(end: 'in' | 'out'): void {
    const { stretch, durationSeconds } = this.timeline;
    const at = this.player.seconds;
    const [startSeconds, endSeconds] =
      end === 'in'
        ? [at, stretch && stretch.endSeconds > at ? stretch.endSeconds : durationSeconds]
        : [stretch && stretch.startSeconds < at ? stretch.startSeconds : 0, at];
    if (endSeconds > startSeconds) this.timeline.mark({ startSeconds, endSeconds });
  }

  draw(seconds = this.player.seconds): void {
    this.overlay.choice = choice;
    this.overlay.draw(seconds);
    if (!this.besideResult) return;
    this.beside.choice = choice;
    this.beside.draw(seconds);
  }

  close(): void {
    this.player.close();
    this.overlay.close();
    this.beside.close();
  }

  /** A marked stretch is played at once, unless the reader asked for little motion. */
  #playLoop({ startSeconds }: Stretch): void {
    this.player.seek(startSeconds);
    const wantsRest = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!this.player.isPlaying && !wantsRest) this.player.toggle();
  }

  /** While a stretch is marked, playing does not leave it. */
  #jumpBack(): boolean {
    const { stretch } = this.timeline;
    if (!stretch || !this.player?.isPlaying) return false;
    const to = loopTarget(this.player.frame, stretch, (seconds) => this.player.frameAt(seconds));
    if (to !== null) this.player.seek(to);
    return to !== null;
  }

  #load(): void {
    const shown = this.#shown(this.result);
    choice = { ...choice, only: null };
    this.overlay.load(shown);
    this.timeline.load(shown);
    if (this.player) {
      this.draw();
      this.timeline.show(this.player.seconds);
    }
    for (const listener of this.#choosers) listener();
  }

  #shown(result: Result): ShownClip {
    return { result, truth: this.#info.truth, film: this.#film, order: this.order };
  }
}

/** What stands where no model has answered: a clip without frames, classes and segments. */
export function blankResult({ name, video }: ClipInfo): Result {
  return {
    version: 2,
    clip: name,
    model: { id: '', attention: '', backbone: '' },
    video,
    classes: [],
    frames: [],
    segments: [],
    actors: [],
    warnings: [],
  };
}

/** The time of the largest when-weight. */
export function strongest({ frames }: Result): number {
  return frames.reduce((best, frame) => (frame.weight > best.weight ? frame : best), {
    weight: -1,
    timeSeconds: 0,
  }).timeSeconds;
}
