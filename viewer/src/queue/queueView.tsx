// The queue whose workers answer: what waits, who works, how fast, how long it will take, and what failed with its reason.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { QueueState } from '../../../src/server/api.js';
import { ask } from '../source.js';
import { Chart } from '../training/chart.js';
import { history, noted, showSpan, type Moment } from './history.js';
import { texts } from '../words/index.js';

/** Milliseconds between two looks. */
const LOOK = 2000;

/** The view of a running queue. */
export function QueueView() {
  const now = useSignal<QueueState | null>(null);
  const fault = useSignal('');
  useEffect(() => {
    const end = new AbortController();
    const look = async (): Promise<void> => {
      try {
        const state = await ask('queue.json', QueueState, { signal: end.signal });
        now.value = state;
        history.value = noted(history.value, state);
        fault.value = '';
      } catch (error) {
        if (!end.signal.aborted) fault.value = (error as Error).message;
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK);
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, []);
  return (
    <div class="training" id="queue">
      <header class="player-head">
        <h1>{texts.value.queue.title}</h1>
        {now.value && <p class="chip">{now.value.shown}</p>}
      </header>
      {fault.value !== '' && <p class="banner bad">{fault.value}</p>}
      {now.value ? (
        <Standing queue={now.value} />
      ) : (
        fault.value === '' && <p class="waiting">{texts.value.queue.looking}</p>
      )}
    </div>
  );
}

function Standing({ queue }: { queue: QueueState }) {
  const { waiting, toCome, active, delayed, workers } = queue;
  const left = waiting + toCome + active + delayed;
  return (
    <>
      {workers === 0 && left > 0 && (
        <p class="banner bad">
          {texts.value.queue.noWorker}
          <code>{`wherewhen worker --queue ${queue.shown}`}</code>
        </p>
      )}
      <section class="sheet" aria-label={texts.value.queue.standing}>
        <Figures queue={queue} left={left} />
      </section>
      <Rate moments={history.value} />
      <SetAside queue={queue} />
    </>
  );
}

function Figures({ queue, left }: { queue: QueueState; left: number }) {
  const { waiting, toCome, active, delayed, failed, workers, rate, secondsLeft, total } = queue;
  const tries = total.done + total.failed;
  const t = texts.value.queue;
  const figures: [name: string, value: string, note: string][] = [
    [t.left, left === 0 ? t.nothingLeft : showSpan(secondsLeft), t.jobs(left)],
    [t.rate, rate.toFixed(rate < 10 ? 2 : 0), tries > 0 ? t.each(seconds(total.seconds / tries)) : ''],
    [t.workers, String(workers), t.inHand(active)],
    [t.waiting, String(waiting + toCome), delayed > 0 ? t.again(delayed) : ''],
    [t.done, String(total.done), total.failed > 0 ? t.failed(total.failed) : ''],
    [t.setAside, String(failed), failed > 0 ? 'wherewhen queue retry' : ''],
  ];
  return (
    <div class="figures" id="queue-figures">
      {figures.map(([name, value, note]) => (
        <p class="figure" key={name}>
          <span>{name}</span>
          <b>{value}</b>
          <small>{note || '\u00a0'}</small>
        </p>
      ))}
    </div>
  );
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} s`;
}

function Rate({ moments }: { moments: Moment[] }) {
  if (moments.length < 3) return null;
  const lines = [{ name: texts.value.queue.untilNow, values: moments.map(({ rate }) => rate) }];
  const times = moments.map(({ atSeconds }) => Math.round(atSeconds - moments.at(-1)!.atSeconds));
  return (
    <div class="charts">
      <Chart title={texts.value.queue.rate} epochs={times} lines={lines} best={null} isOverLooks />
    </div>
  );
}

function SetAside({ queue: { setAside, failed } }: { queue: QueueState }) {
  if (failed === 0) return null;
  const more = failed - setAside.length;
  const t = texts.value.queue;
  return (
    <section class="sheet" id="set-aside">
      <h2>{t.lastTry}</h2>
      <ol class="plain">
        {setAside.map(({ name, reason, tries }) => (
          <li key={name}>
            <strong>{name}</strong> {reason} <span class="note">{t.tried(tries)}</span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="note">{t.more(more)}</p>}
    </section>
  );
}
