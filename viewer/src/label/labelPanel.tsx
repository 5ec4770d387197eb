// Labels below the time line: a lane of segments on the same scale, what the model proposes, undo, saving.
import { signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { listenKeys } from '../../../src/page/keys.js';
import { seconds, words } from '../../../src/page/sentences.js';
import type { Result } from '../../../src/result.js';
import type { ClipInfo, TruthClip } from '../../../src/server/api.js';
import type { ClipPlayer } from '../clip/clipPlayer.js';
import { Icon } from '../icon.js';
import { filter, shown } from '../browse/rows.js';
import { go } from '../route.js';
import { clips, hasServer, model, state } from '../store.js';
import type { LabelBook } from './labelBook.js';
import { LabelExport } from './labelExport.js';
import {
  blankLabels,
  labelBoxAt,
  middleBox,
  proposed,
  withBox,
  withClass,
  withSegments,
  type LabelSegment,
} from './labels.js';
import { nextUnlabelled } from './queue.js';
import { acceptAndOpenNext, Queue } from './queuePanel.js';
import { texts } from '../words/index.js';

/** Opens the first clip without labels, and the labels with it. */
export function beginQueue(): void {
  filter.value = { ...filter.value, outcome: 'unlabelled' };
  const first = nextUnlabelled(shown.value, '');
  isLabelling.value = true;
  if (first !== null) go({ view: 'clips', clip: first });
}

/** Is the reader labelling? It stays so from clip to clip. */
export const isLabelling = signal(false);

interface Props {
  info: ClipInfo;
  clipPlayer: ClipPlayer;
  labels: LabelBook;
  result: Result | null;
}

/** Seconds that an arrow key moves an edge. */
const NUDGE = 0.04;

/** The panel. */
export function LabelPanel({ info, clipPlayer, labels, result }: Props) {
  const chosen = useSignal(0);
  const truth = labels.draft.value;
  const classes = classesFor(truth);
  const base = (): TruthClip => labels.draft.value ?? blankLabels(info, classes[0] ?? 'action');
  const segments: LabelSegment[] = truth?.instances ?? [];
  const put = (next: LabelSegment[]): void => labels.edit(withSegments(base(), next));

  function addSegment(): void {
    const marked = clipPlayer.timeline.stretch;
    const at = clipPlayer.player.seconds;
    const span = marked ?? { startSeconds: at, endSeconds: Math.min(info.video.durationSeconds, at + 1) };
    const added = { label: base().label, ...hundredths(span) };
    put([...segments, added]);
    chosen.value = base().instances?.findIndex((one) => one.startSeconds === added.startSeconds) ?? 0;
    clipPlayer.timeline.mark(null);
  }

  function addBox(): void {
    const frame = { index: clipPlayer.player.frame, timeSeconds: clipPlayer.player.seconds };
    const between = labelBoxAt(base(), frame.index, frame.timeSeconds);
    labels.edit(withBox(base(), frame, between?.box ?? middleBox(info.video)));
    requestAnimationFrame(() => document.querySelector<SVGElement>('#label-box')?.focus());
  }

  const accept = (): void => {
    if (result) labels.edit(proposed(info, result));
  };
  const acceptAndGoOn = (): Promise<void> => acceptAndOpenNext(info, labels, accept);
  // Before the panel is painted: a key that is pressed as soon as it is seen is not lost.
  useLayoutEffect(() => {
    const keys = { a: accept, n: addSegment, d: addBox, z: () => labels.undo(), Z: () => labels.redo() };
    return listenKeys({ ...keys, s: () => void labels.save(), Enter: () => void acceptAndGoOn() });
  }, [result, truth]);

  const t = texts.value.labels;
  return (
    <section class="labels" aria-labelledby="labels-title">
      <header class="labels-head">
        <h2 id="labels-title">{t.title}</h2>
        <label>
          {t.class}{' '}
          <select
            id="label-class"
            value={base().label}
            onChange={({ currentTarget }) => labels.edit(withClass(base(), currentTarget.value))}
          >
            {classes.map((label) => (
              <option key={label} value={label}>
                {words(label)}
              </option>
            ))}
          </select>
        </label>
        <span class="grow" />
        <Makers {...{ accept, addSegment, addBox }} hasProposal={result !== null} />
        <Steps labels={labels} />
      </header>
      <Queue info={info} isReady={result !== null || truth !== null} onAccept={() => void acceptAndGoOn()} />
      <Says labels={labels} />
      <Lane
        clipPlayer={clipPlayer}
        segments={segments}
        chosen={chosen.value}
        onChoose={(i) => (chosen.value = i)}
        onChange={put}
      />
      <p class="note">
        {t.drawHint} {t.withBox(truth?.frames.filter(({ box }) => box).length ?? 0)}
      </p>
      <LabelExport truth={truth} name={info.name} />
    </section>
  );
}

interface MakersProps {
  accept: () => void;
  addSegment: () => void;
  addBox: () => void;
  hasProposal: boolean;
}

/** What makes a label. */
function Makers({ accept, addSegment, addBox, hasProposal }: MakersProps) {
  const t = texts.value.labels;
  return (
    <div class="group">
      <button id="accept" type="button" disabled={!hasProposal} title={t.acceptHint} onClick={accept}>
        {t.accept}
      </button>
      <button id="add-segment" type="button" title={t.addSegmentHint} onClick={addSegment}>
        {t.addSegment}
      </button>
      <button id="add-box" type="button" title={t.addBoxHint} onClick={addBox}>
        {t.addBox}
      </button>
    </div>
  );
}

/** Classes that a label may have: of the data, of the model, and its own. */
function classesFor(truth: TruthClip | null): string[] {
  const own = truth ? [truth.label, ...(truth.instances ?? []).map(({ label }) => label)] : [];
  return [...new Set([...clips.value.classes, ...(model.value?.classes ?? []), ...own])];
}

function Steps({ labels }: { labels: LabelBook }) {
  const t = texts.value.labels;
  return (
    <div class="group">
      <button
        type="button"
        aria-label={t.undo}
        title={t.undoHint}
        disabled={!labels.canUndo.value}
        onClick={() => labels.undo()}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        aria-label={t.redo}
        title={t.redoHint}
        disabled={!labels.canRedo.value}
        onClick={() => labels.redo()}
      >
        <Icon name="redo" />
      </button>
      <Save labels={labels} />
    </div>
  );
}

function Save({ labels }: { labels: LabelBook }) {
  if (!hasServer.value || state.value?.exportFormats.length === 0) return null;
  return (
    <button
      id="save"
      type="button"
      class="main"
      title={texts.value.labels.saveHint}
      disabled={!labels.isDirty || labels.isSaving.value || labels.conflict.value !== null}
      onClick={() => void labels.save()}
    >
      {labels.isDirty ? texts.value.labels.save : texts.value.labels.saved}
    </button>
  );
}

/** What the reader must know: a conflict, a restored change, a storage that is full, a fault. */
function Says({ labels }: { labels: LabelBook }) {
  const t = texts.value.labels;
  return (
    <div role="status" aria-live="polite" id="label-status">
      {labels.conflict.value && (
        <p class="banner bad">
          {t.conflict}
          <button id="take-theirs" type="button" onClick={() => labels.takeTheirs()}>
            {t.takeTheirs}
          </button>
          <button id="keep-mine" type="button" onClick={() => void labels.keepMine()}>
            {t.saveMine}
          </button>
        </p>
      )}
      {labels.restored.value !== null && !labels.conflict.value && (
        <p class="banner">
          {t.restored(new Date(labels.restored.value).toLocaleTimeString())}
          <button id="discard" type="button" onClick={() => labels.discard()}>
            {t.discard}
          </button>
        </p>
      )}
      {labels.isUnkept.value && <p class="banner bad">{t.full}</p>}
      {labels.fault.value !== '' && <p class="banner bad">{labels.fault.value}</p>}
    </div>
  );
}

interface LaneProps {
  clipPlayer: ClipPlayer;
  segments: LabelSegment[];
  chosen: number;
  onChoose: (i: number) => void;
  onChange: (segments: LabelSegment[]) => void;
}

/** Segments on the scale of the time line; edges are dragged, or moved by arrow keys. */
function Lane({ clipPlayer, segments, chosen, onChoose, onChange }: LaneProps) {
  const t = texts.value.labels;
  const lane = useRef<HTMLDivElement>(null);
  const duration = clipPlayer.timeline.durationSeconds;
  const drag = useSignal<{ i: number; segment: LabelSegment } | null>(null);
  const shown = (i: number): LabelSegment => (drag.value?.i === i ? drag.value.segment : segments[i]!);
  const replace = (i: number, segment: LabelSegment): void =>
    onChange(segments.map((one, at) => (at === i ? { ...segment, ...hundredths(segment) } : one)));

  function grab(event: PointerEvent, i: number, edge: 'start' | 'end' | 'both'): void {
    event.preventDefault();
    event.stopPropagation();
    onChoose(i);
    const width = lane.current!.getBoundingClientRect().width;
    const from = event.clientX;
    const before = segments[i]!;
    const target = event.currentTarget as Element;
    target.setPointerCapture(event.pointerId);
    const move = (moved: Event): void => {
      const by = (((moved as PointerEvent).clientX - from) / width) * duration;
      drag.value = { i, segment: shifted(before, edge, by, duration) };
      const { startSeconds, endSeconds } = drag.value.segment;
      clipPlayer.seek(edge === 'end' ? endSeconds : startSeconds);
    };
    const end = (): void => {
      target.removeEventListener('pointermove', move);
      if (drag.value) replace(i, drag.value.segment);
      drag.value = null;
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end, { once: true });
  }

  function key(event: KeyboardEvent, i: number): void {
    const by = event.key === 'ArrowLeft' ? -NUDGE : event.key === 'ArrowRight' ? NUDGE : 0;
    const edge = event.shiftKey ? 'end' : event.altKey ? 'start' : 'both';
    if (by !== 0) replace(i, shifted(segments[i]!, edge, by, duration));
    else if (event.key === 'Delete' || event.key === 'Backspace')
      onChange(segments.filter((_, at) => at !== i));
    else if (event.key === 'Enter') clipPlayer.seek(segments[i]!.startSeconds);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const place = ({ startSeconds, endSeconds }: LabelSegment) => ({
    left: `${(100 * startSeconds) / duration}%`,
    width: `${(100 * (endSeconds - startSeconds)) / duration}%`,
  });
  return (
    <div class="lane label-lane" ref={lane} role="list" aria-label={t.segments}>
      {segments.map((_, i) => {
        const segment = shown(i);
        const span = [segment.startSeconds, segment.endSeconds].map(seconds) as [string, string];
        const says = t.segment(words(segment.label), ...span);
        return (
          <div
            key={i}
            class={i === chosen ? 'piece labelled chosen' : 'piece labelled'}
            style={place(segment)}
            role="listitem"
            tabIndex={0}
            aria-label={t.segmentKeys(says)}
            title={says}
            onFocus={() => onChoose(i)}
            onKeyDown={(event) => key(event, i)}
            onPointerDown={(event) => grab(event, i, 'both')}
          >
            <i class="edge" onPointerDown={(event) => grab(event, i, 'start')} />
            {says}
            <i class="edge end" onPointerDown={(event) => grab(event, i, 'end')} />
          </div>
        );
      })}
    </div>
  );
}

function shifted(
  segment: LabelSegment,
  edge: 'start' | 'end' | 'both',
  by: number,
  duration: number,
): LabelSegment {
  const { startSeconds, endSeconds } = segment;
  const least = 0.04;
  if (edge === 'start')
    return { ...segment, startSeconds: Math.min(endSeconds - least, Math.max(0, startSeconds + by)) };
  if (edge === 'end')
    return { ...segment, endSeconds: Math.max(startSeconds + least, Math.min(duration, endSeconds + by)) };
  const held = Math.min(duration - endSeconds, Math.max(-startSeconds, by));
  return { ...segment, startSeconds: startSeconds + held, endSeconds: endSeconds + held };
}

function hundredths<T extends { startSeconds: number; endSeconds: number }>(
  span: T,
): { startSeconds: number; endSeconds: number } {
  const short = (value: number): number => Math.round(100 * value) / 100;
  return { startSeconds: short(span.startSeconds), endSeconds: short(span.endSeconds) };
}
