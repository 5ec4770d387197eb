// The ethogram: the time lines of the clips that are listed, under each other on one scale, in the colours of the classes.
import { computed, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { classStyle } from '../../../src/page/colours.js';
import { seconds as inSeconds, words } from '../../../src/page/sentences.js';
import { AnyResult } from '../../../src/result.js';
import { addressOf as placeOf, route } from '../route.js';
import { ask } from '../source.js';
import { Swatch } from '../swatch.js';
import { clips, model } from '../store.js';
import { texts } from '../words/index.js';
import { lanesOf, type Lane, type LaneFacts } from './lanes.js';
import { shown } from './rows.js';

/** Clips that are shown at first, and more at a time. */
const STEP = 12;

/** Answers that are asked for side by side. */
const AT_ONCE = 3;

/** What is known of the clips of one model, by `model id`; null: it is on its way, or cannot be read. */
const known = signal<ReadonlyMap<string, LaneFacts | null>>(new Map());

const keyOf = (id: string): string => `${model.value?.key} ${model.value?.id} ${id}`;

/** Clip names by id. */
const names = computed(() => new Map(clips.value.ids.map((id, i) => [id, clips.value.names[i]!])));

/** The lanes, a class to be picked out, and more clips. */
export function Ethogram() {
  const most = useSignal(STEP);
  const only = useSignal<string | null>(null);
  const predicted = shown.value.filter(({ top }) => top !== null);
  const ids = predicted.slice(0, most.value).map(({ id }) => id);
  const wanted = ids.map(keyOf).join();
  useEffect(() => {
    const abort = new AbortController();
    void readAll(ids, abort.signal);
    return () => abort.abort();
  }, [wanted]);
  const found = ids.flatMap((id) => {
    const facts = known.value.get(keyOf(id));
    return facts ? [{ id, facts }] : [];
  });
  if (found.length === 0) return null;
  const { lanes, seconds, places } = lanesOf(found, model.value?.classes ?? []);
  const labels = [...places.keys()].filter((label) =>
    lanes.some(({ pieces }) => pieces.some((piece) => piece.label === label)),
  );
  const t = texts.value.clips;
  return (
    <section class="ethogram" aria-labelledby="ethogram-title">
      <h2 id="ethogram-title">{t.ethogram}</h2>
      <div class="legend" role="group" aria-label={t.classes}>
        {labels.map((label) => (
          <button
            key={label}
            type="button"
            class="pick"
            aria-pressed={only.value === label}
            onClick={() => (only.value = only.value === label ? null : label)}
          >
            <Swatch place={places.get(label)!} />
            {words(label)}
          </button>
        ))}
      </div>
      <ol class="plain">
        {lanes.map((lane) => (
          <ClipLane key={lane.id} lane={lane} places={places} only={only.value} />
        ))}
      </ol>
      <p class="note">
        {t.scale(inSeconds(seconds))}{' '}
        {predicted.length > most.value && (
          <button class="link" type="button" onClick={() => (most.value += STEP)}>
            {t.more(Math.min(STEP, predicted.length - most.value))}
          </button>
        )}
      </p>
    </section>
  );
}

interface LaneProps {
  lane: Lane;
  places: Map<string, number>;
  only: string | null;
}

function ClipLane({ lane: { id, width, pieces, unseen }, places, only }: LaneProps) {
  const name = names.value.get(id) ?? id;
  const t = texts.value.clips;
  const says = pieces.map((piece) =>
    t.piece(words(piece.label), inSeconds(piece.startSeconds), inSeconds(piece.endSeconds)),
  );
  return (
    <li>
      <a
        href={placeOf({ ...route.value, view: 'clips', clip: id })}
        aria-label={`${name}: ${says.join('; ') || t.nothing}`}
      >
        <span class="clip-name">{name}</span>
        <span class="lanes">
          <span class="lane" style={{ width: `${width}%` }} />
          {unseen.map((span) => (
            <span
              key={span.left}
              class="not-looked-at"
              title={t.notLooked(inSeconds(span.startSeconds), inSeconds(span.endSeconds))}
              style={{ left: `${span.left}%`, width: `${span.width}%` }}
            />
          ))}
          {pieces.map((piece, i) => {
            const { fill, line } = classStyle(places.get(piece.label) ?? 0);
            const isFaint = only !== null && piece.label !== only;
            return (
              <span
                key={i}
                class={isFaint ? 'piece predicted faint' : 'piece predicted'}
                title={says[i]}
                style={{
                  ...{ left: `${piece.left}%`, width: `${piece.width}%` },
                  ...{ background: fill, borderColor: line },
                }}
              >
                {words(piece.label)}
              </span>
            );
          })}
        </span>
      </a>
    </li>
  );
}

/** Reads the answers that are not known yet, a few at a time; one that cannot be read has no lane, and its clip says why. */
async function readAll(ids: readonly string[], abort: AbortSignal): Promise<void> {
  const key = model.value?.key;
  const left = ids.map((id) => ({ id, at: keyOf(id) })).filter(({ at }) => !known.value.has(at));
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next && !abort.aborted; next = left.shift()) {
      const { id, at } = next;
      const facts = await ask(`models/${key}/clips/${id}.json`, AnyResult, { signal: abort }).then(
        ({ video, segments, classes, actors, unseen }) => ({ video, segments, classes, actors, unseen }),
        () => null,
      );
      if (!abort.aborted) known.value = new Map([...known.value, [at, facts]]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
