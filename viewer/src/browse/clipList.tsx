// The list of clips. Only the rows in sight exist, so that ten thousand clips scroll as ten do.
import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { percent, words } from '../../../src/page/sentences.js';
import { addressOf as placeOf, route } from '../route.js';
import { addressOf } from '../source.js';
import { texts } from '../words/index.js';
import { shown, type ClipRow } from './rows.js';

/** Pixels of a row; the style sheet has the same. */
const ROW = 68;

/** Rows above and below those in sight. */
const BEYOND = 4;

/** Milliseconds that a row stays in sight before its picture is asked for: who scrolls past asks for none. */
const REST = 120;

/** The list, scrolled to the clip that is open. */
export function ClipList() {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const list = shown.value;
  const open = list.findIndex(({ id }) => id === route.value.clip);
  useEffect(() => {
    const watch = new ResizeObserver(() => (height.value = box.current?.clientHeight ?? 600));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element || open < 0) return;
    if (open * ROW < element.scrollTop) element.scrollTop = open * ROW;
    else if ((open + 1) * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = (open + 1) * ROW - element.clientHeight;
  }, [open]);
  const first = Math.max(0, Math.floor(top.value / ROW) - BEYOND);
  const last = Math.min(list.length, Math.ceil((top.value + height.value) / ROW) + BEYOND);
  return (
    <div
      class="list"
      id="list"
      ref={box}
      tabIndex={-1}
      onScroll={({ currentTarget }) => (top.value = currentTarget.scrollTop)}
    >
      <ol style={{ height: `${list.length * ROW}px` }}>
        {list.slice(first, last).map((row, i) => (
          <Row
            key={row.id}
            row={row}
            place={first + i}
            total={list.length}
            isOpen={row.id === route.value.clip}
          />
        ))}
      </ol>
      {list.length === 0 && <p class="note">{texts.value.list.noneLike}</p>}
    </div>
  );
}

function Row({ row, place, total, isOpen }: { row: ClipRow; place: number; total: number; isOpen: boolean }) {
  const { id, name, top, probability, isRight, label, isUnlike } = row;
  const t = texts.value.clips;
  const says = top === null ? t.open : `${words(top)}, ${percent(probability)}`;
  const truth = isRight === false ? texts.value.list.trueIs(words(label!)) : '';
  return (
    <li style={{ transform: `translateY(${place * ROW}px)` }} aria-setsize={total} aria-posinset={place + 1}>
      <a
        href={placeOf({ ...route.value, view: 'clips', clip: id })}
        aria-current={isOpen ? 'true' : undefined}
        aria-label={`${name}: ${[says, truth, isUnlike ? t.unlike : ''].filter(Boolean).join(', ')}`}
      >
        <Thumb id={id} />
        <span class="row-text">
          <strong>{top === null ? (label === null ? t.open : words(label)) : words(top)}</strong>
          <span class={isRight === null ? 'mark' : `mark ${isRight ? 'right' : 'wrong'}`}>
            {isRight === false ? `✗ ${truth}` : isRight ? `✓ ${percent(probability)}` : ''}
            {isRight === null && (top === null ? t.open : percent(probability))}
            {isUnlike && <em class="unlike">{t.unlike}</em>}
          </span>
          <span class="clip-name">{name}</span>
        </span>
      </a>
    </li>
  );
}

/** The middle of the clip's strip. */
function Thumb({ id }: { id: string }) {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), REST);
    return () => clearTimeout(timer);
  }, []);
  return (
    <span class="thumb">
      {isDue && <img alt="" loading="lazy" src={addressOf(`clips/${id}/film.jpg`)} />}
    </span>
  );
}
