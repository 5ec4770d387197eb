// Learning: the button, how it goes, and how well held-out takes are named beside chance and the mean pool.
import { percent } from '../../../src/page/sentences.js';
import { texts } from '../words/index.js';
import { backbone } from './backbone.js';
import { canLearn, isAuto, revision, setAuto } from './lesson.js';
import { stopLearning, teachNow } from './learn.js';
import { LossLine } from './lossLine.js';
import { learning, taught, type Figures, type Learning, type Pass } from './taught.js';

/** The panel. */
export function LearnPanel() {
  const t = texts.value.learn;
  const now = learning.value;
  const isBusy = now.state === 'looking' || now.state === 'learning' || now.state === 'opening';
  const isStale = taught.value !== null && taught.value.revision !== revision.value;
  return (
    <section class="sheet learn" aria-labelledby="learn-title">
      <header class="learn-head">
        <h2 class="small" id="learn-title">
          {t.title}
        </h2>
        <span class="grow" />
        <label class="check">
          <input
            type="checkbox"
            id="teach-auto"
            checked={isAuto.value}
            onChange={({ currentTarget }) => setAuto(currentTarget.checked)}
          />{' '}
          {t.auto}
        </label>
        {isBusy ? (
          <button type="button" id="teach-stop" onClick={stopLearning}>
            {t.stop}
          </button>
        ) : (
          <button
            type="button"
            id="teach-now"
            class="main"
            disabled={!canLearn.value || backbone.value.state !== 'ready'}
            onClick={() => void teachNow()}
          >
            {taught.value ? t.again : t.teach}
          </button>
        )}
      </header>
      {!canLearn.value && <p class="note">{texts.value.actions.need}</p>}
      <p role="status" class="note" id="learn-note">
        {noteOf(now)}
        {!isBusy && isStale && now.state !== 'failed' ? ` ${t.stale}` : ''}
      </p>
      {isBusy && <progress aria-labelledby="learn-title" {...shareOf(now)} />}
      {now.state === 'failed' && (
        <p role="alert" class="bad" id="learn-fault">
          {t.failed(now.reason)}
        </p>
      )}
      {taught.value && <Quality figures={taught.value.figures} />}
      {'passes' in now && now.passes.length > 1 && <LossLine passes={now.passes} />}
    </section>
  );
}

function noteOf(now: Learning): string {
  const t = texts.value.learn;
  if (now.state === 'looking') return t.features(now.done, now.total);
  if (now.state === 'learning') return `${t.epoch(now.epoch, now.epochs)}${accuracyOf(now.passes)}`;
  if (now.state === 'opening') return t.opening;
  return now.state === 'done' ? t.done(now.seconds.toFixed(1)) : '';
}

function accuracyOf(passes: readonly Pass[]): string {
  const accuracy = passes.at(-1)?.accuracy ?? null;
  return accuracy === null ? '' : ` · ${texts.value.learn.heldOut} ${percent(accuracy)}`;
}

/** A progress bar without a value moves by itself. */
function shareOf(now: Learning): { value?: number; max?: number } {
  if (now.state === 'looking') return { value: now.done - 1, max: now.total };
  if (now.state === 'learning') return { value: now.epoch, max: now.epochs };
  return {};
}

/** Fewer held-out takes than this are said to be few. */
const FEW = 5;

function Quality({ figures }: { figures: Figures | null | undefined }) {
  const t = texts.value.learn;
  if (figures === undefined) return <p class="note">{t.asking}</p>;
  if (!figures) return <p class="note">{t.noHeldOut}</p>;
  const { clips, accuracy, chance, meanPool, confused } = figures;
  const rows: [name: string, share: number][] = [
    [t.attention, accuracy],
    ...(meanPool ? [[t.meanPool, meanPool.accuracy] as [string, number]] : []),
    [t.chance, chance],
  ];
  return (
    <div class="quality">
      <p class="figure">
        <span>{t.heldOut}</span>
        <b id="held-out-right">{t.ofTakes(Math.round(accuracy * clips), clips)}</b>
      </p>
      <ol class="bars class-bars" id="quality-bars">
        {rows.map(([name, share], i) => (
          <li key={name} class={i === 0 ? 'best' : undefined}>
            <span>{name}</span>
            <span>{percent(share)}</span>
            <div class="track" aria-hidden="true">
              <i style={{ width: `${100 * share}%` }} />
            </div>
          </li>
        ))}
      </ol>
      {clips < FEW && <p class="note">{t.fewHeldOut}</p>}
      {confused.length > 0 && (
        <ul class="words">
          {confused.map(({ truth, answer, clips: count }) => (
            <li key={`${truth} ${answer}`}>{t.confused(truth, answer, count)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
