// One take: its small film, what is known of it, and the quick things to do with it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { percent } from '../../../src/page/sentences.js';
import { Icon } from '../icon.js';
import { texts } from '../words/index.js';
import { backbone } from './backbone.js';
import { filmOf } from './clipsOfTakes.js';
import { actions, changeTake } from './lesson.js';
import { looking } from './looking.js';
import { openTake } from './opened.js';
import { deleteTake } from './deletion.js';
import type { Take } from './take.js';
import { taught } from './taught.js';
import { unsaved } from './writeBehind.js';

/** The card. */
export function TakeCard({ take, name }: { take: Take; name: string }) {
  const t = texts.value.take;
  return (
    <li class={`take${take.isTest ? ' test' : ''}`} data-take={take.id}>
      <button
        type="button"
        class="take-film"
        aria-label={t.open(name)}
        title={t.open(name)}
        onClick={() => (openTake.value = take.id)}
      >
        <SmallFilm take={take} />
        {take.isTest && <span class="take-badge">{t.test}</span>}
      </button>
      <div class="take-foot">
        <Says take={take} />
        <span class="grow" />
        <button
          type="button"
          class="quiet small"
          aria-pressed={take.isTest}
          aria-label={`${t.holdBack}: ${name}`}
          title={take.isTest ? t.learnFrom : t.holdBack}
          onClick={() => changeTake(take.id, { isTest: !take.isTest })}
        >
          <Icon name="flask" />
        </button>
        <button
          type="button"
          class="quiet small"
          aria-label={`${t.remove}: ${name}`}
          title={t.remove}
          onClick={() => void deleteTake(take, name)}
        >
          <Icon name="close" />
        </button>
      </div>
    </li>
  );
}

/** The pictures of a take, one after the other while the pointer or the focus is on them. */
function SmallFilm({ take }: { take: Take }) {
  const address = useSignal<string | null>(null);
  useEffect(() => {
    let isHere = true;
    void filmOf(take).then((found) => isHere && (address.value = found));
    return () => void (isHere = false);
  }, [take.id]);
  const { film } = take;
  if (!film || !address.value) return <span class="film-strip" />;
  const count = film.times.length;
  return (
    <span
      class="film-strip"
      style={{
        aspectRatio: `${film.width} / ${film.height}`,
        backgroundImage: `url(${JSON.stringify(address.value)})`,
        backgroundSize: `${100 * count}% 100%`,
        animationDuration: `${Math.max(0.4, take.seconds)}s`,
        animationTimingFunction: `steps(${count}, jump-none)`,
      }}
    />
  );
}

/** What is known of it: not saved, waiting, refused; once something is learnt, what the model says. */
function Says({ take }: { take: Take }) {
  const t = texts.value.take;
  const state = looking.value.get(take.id);
  const answer = taught.value?.answers.get(take.id)?.classes[0];
  const label = actions.value.find(({ id }) => id === take.action)?.name;
  if (unsaved.value.has(take.id)) return <small class="bad">{t.notSaved}</small>;
  if (state?.state === 'failed') return <small class="bad">{t.failed(state.reason)}</small>;
  if (state?.state === 'looking') return <small>{t.looking}</small>;
  if (!state && backbone.value.state === 'ready') return <small>{t.waiting}</small>;
  if (answer) {
    const sure = percent(answer.probability);
    const isRight = answer.label === label;
    return (
      <small class={isRight ? 'good' : 'bad'}>{isRight ? t.right(sure) : t.wrong(answer.label, sure)}</small>
    );
  }
  return <small>{texts.value.actions.seconds(Number(take.seconds.toFixed(1)))}</small>;
}
