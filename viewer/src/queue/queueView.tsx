// The queue whose workers answer: what waits, who works, how fast, how long it will take, and what failed with its reason.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted } from '../../../src/page/sentences.js';
import { QueueState } from '../../../src/server/api.js';
import { ask } from '../source.js';
import { Chart } from '../training/chart.js';
import { history, noted, showSpan, type Moment } from './history.js';

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
        <h1>Queue</h1>
        {now.value && <p class="chip">{now.value.shown}</p>}
      </header>
      {fault.value !== '' && <p class="banner bad">{fault.value}</p>}
      {now.value ? <Standing queue={now.value} /> : fault.value === '' && <p class="waiting">Looking …</p>}
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
          No worker is connected: start one with <code>wherewhen worker --queue {queue.shown}</code>
        </p>
      )}
      <section class="sheet" aria-label="How it stands">
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
  const figures: [name: string, value: string, note: string][] = [
    ['Time left', left === 0 ? 'none' : showSpan(secondsLeft), counted(left, 'job')],
    [
      'Jobs a second',
      rate.toFixed(rate < 10 ? 2 : 0),
      tries > 0 ? `${seconds(total.seconds / tries)} each` : '',
    ],
    ['Workers', String(workers), `${active} jobs in hand`],
    ['Waiting', String(waiting + toCome), delayed > 0 ? `${delayed} to be tried again` : ''],
    ['Done', String(total.done), total.failed > 0 ? `${total.failed} failed tries` : ''],
    ['Set aside', String(failed), failed > 0 ? 'wherewhen queue retry' : ''],
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
  const lines = [{ name: 'over the seconds until now: ', values: moments.map(({ rate }) => rate) }];
  const times = moments.map(({ atSeconds }) => Math.round(atSeconds - moments.at(-1)!.atSeconds));
  return (
    <div class="charts">
      <Chart title="Jobs a second" epochs={times} lines={lines} best={null} unit="looks" />
    </div>
  );
}

function SetAside({ queue: { setAside, failed } }: { queue: QueueState }) {
  if (failed === 0) return null;
  const more = failed - setAside.length;
  return (
    <section class="sheet" id="set-aside">
      <h2>Set aside after their last try</h2>
      <ol class="plain">
        {setAside.map(({ name, reason, tries }) => (
          <li key={name}>
            <strong>{name}</strong> {reason} <span class="note">tried {tries} times</span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="note">and {more} more</p>}
    </section>
  );
}
