// What the model says of all clips: how many, how right, and the confusion matrix whose cells list their clips.
import { percent, words } from '../../../src/page/sentences.js';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listenKeys } from '../../../src/page/keys.js';
import { beginQueue } from '../label/labelPanel.js';
import { clips, hasServer, jobs, model, state } from '../store.js';
import { go } from '../route.js';
import { texts } from '../words/index.js';
import { Ethogram } from './ethogram.js';
import { predictAll, predictByItself } from './predictAll.js';
import { allClips, confusion, filter, rows, shown } from './rows.js';

/** The right side while no clip is open. */
export function Overview() {
  useEffect(
    () =>
      listenKeys({
        j: () => shown.value[0] && go({ clip: shown.value[0].id }),
        k: () => shown.value.at(-1) && go({ clip: shown.value.at(-1)!.id }),
      }),
    [],
  );
  const { clips: t, overview: o } = texts.value;
  const answered = rows.value.filter(({ top }) => top !== null);
  const judged = answered.filter(({ isRight }) => isRight !== null);
  const right = judged.filter(({ isRight }) => isRight).length;
  const where = mean(answered.map((row) => row.where));
  const when = mean(answered.map((row) => row.when));
  return (
    <section class="sheet overview" aria-labelledby="overview-title">
      <header class="player-head">
        <h1 id="overview-title">
          {model.value ? o.title(model.value.name, rows.value.length) : o.clips(rows.value.length)}
        </h1>
      </header>
      <div class="figures">
        {answered.length > 0 && (
          <Figure name={t.predicted} value={`${answered.length}`} of={t.of(rows.value.length)} />
        )}
        {judged.length > 0 && (
          <Figure
            name={o.classRight}
            value={percent(right / judged.length)}
            of={o.rightOf(right, judged.length)}
          />
        )}
        {where !== null && <Figure name={o.where} value={where.toFixed(2)} of={o.boxes} />}
        {when !== null && <Figure name={o.when} value={when.toFixed(2)} of={o.segments} />}
      </div>
      <PredictAll open={rows.value.length - answered.length} />
      <Ethogram />
      <Unlabelled />
      <Matrix />
      <LeftOut />
      <p class="note">
        {o.step[0]}
        <kbd>j</kbd>
        {o.step[1]}
        <kbd>k</kbd>
        {o.step[2]}
      </p>
    </section>
  );
}

function Figure({ name, value, of }: { name: string; value: string; of: string }) {
  return (
    <p class="figure">
      <span>{name}</span>
      <b>{value}</b>
      <small>{of}</small>
    </p>
  );
}

function mean(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

/** Predictions under way, or the button that begins them; they begin by themselves when the page opens. */
function PredictAll({ open }: { open: number }) {
  const fault = useSignal('');
  const isAsking = useSignal(false);
  const key = model.value?.key ?? '';
  const isOffered = hasServer.value && key !== '' && open > 0;
  const begin = (work: (key: string) => Promise<void>): void => {
    fault.value = '';
    isAsking.value = true;
    work(key)
      .catch((error: Error) => (fault.value = error.message))
      .finally(() => (isAsking.value = false));
  };
  useEffect(() => {
    if (isOffered) begin(predictByItself);
  }, [isOffered, key]);
  if (!isOffered) return null;
  const t = texts.value.clips;
  const job = jobs.value.findLast((one) => one.kind === 'answer' && one.model === key);
  if (isAsking.value || job?.state === 'running') return <p class="waiting">{t.predicting(open)}</p>;
  return (
    <div class="ask">
      <button class="main" type="button" onClick={() => begin(predictAll)}>
        {open === rows.value.length ? t.predictAll : t.predictOthers(open)}
      </button>
      {job && job.failed > 0 && <span class="note">{t.unpredicted(job.failed)}</span>}
      {fault.value !== '' && <span class="bad">{fault.value}</span>}
    </div>
  );
}

/** The queue of clips without labels, where labels can be kept. */
function Unlabelled() {
  const left = rows.value.filter(({ isLabelled }) => !isLabelled).length;
  if (!hasServer.value || state.value?.exportFormats.length === 0 || left === 0) return null;
  const t = texts.value.clips;
  return (
    <p class="queue">
      <button type="button" id="label-queue" onClick={beginQueue}>
        {t.queue}
      </button>
      <span class="note">{t.left(left)}</span>
    </p>
  );
}

function Matrix() {
  const found = confusion.value;
  if (!found || found.classes.length < 2) return null;
  const { classes, counts } = found;
  const pick = (label: string, top: string): void => {
    filter.value = { ...allClips, label, top };
    const [first] = shown.value;
    if (first) go({ clip: first.id });
  };
  return (
    <section aria-labelledby="confusion-title">
      <h2 id="confusion-title">{texts.value.clips.confusion}</h2>
      <div class="scroll">
        <table class="confusion">
          <caption>{texts.value.overview.confusionSays}</caption>
          <thead>
            <tr>
              <td />
              {classes.map((label) => (
                <th key={label} scope="col">
                  <span>{words(label)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((label, y) => {
              const total = counts[y]!.reduce((a, b) => a + b, 0);
              return (
                <tr key={label}>
                  <th scope="row">{words(label)}</th>
                  {classes.map((top, x) => (
                    <Cell
                      key={top}
                      count={counts[y]![x]!}
                      share={total > 0 ? counts[y]![x]! / total : 0}
                      says={texts.value.overview.takenFor(counts[y]![x]!, words(label), words(top))}
                      onPick={() => pick(label, top)}
                    />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cell(props: { count: number; share: number; says: string; onPick: () => void }) {
  const { count, share, says, onPick } = props;
  if (count === 0) return <td class="zero">0</td>;
  return (
    <td>
      <button
        type="button"
        class={share > 0.55 ? 'full' : ''}
        style={{ '--share': share }}
        aria-label={says}
        onClick={onPick}
      >
        {count}
      </button>
    </td>
  );
}

function LeftOut() {
  const { leftOut } = clips.value;
  if (leftOut.length === 0) return null;
  return (
    <details>
      <summary>{texts.value.overview.leftOut(leftOut.length)}</summary>
      <ul class="plain">
        {leftOut.map(({ path, reason }) => (
          <li key={path}>
            {path}: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
