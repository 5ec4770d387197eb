// Probabilities as bars in the colours of their classes; a class that is chosen is shown alone on picture and time line.
import { useEffect, useState } from 'preact/hooks';
import { classPlaces } from '../../../src/page/actors.js';
import { classStyle } from '../../../src/page/colours.js';
import { percent, words } from '../../../src/page/sentences.js';
import type { Result } from '../../../src/result.js';
import type { ClipInfo } from '../../../src/server/api.js';
import { Swatch } from '../swatch.js';
import { texts } from '../words/index.js';
import type { ClipPlayer } from './clipPlayer.js';
import { hasPlace } from './ofClass.js';

/** Classes that are named at once. */
const TOP = 5;

interface Props {
  info: ClipInfo;
  result: Result;
  clipPlayer: ClipPlayer;
  /** Classes in the order of their colours. */
  order: readonly string[];
}

/** The bars of the first model. */
export function ClassBars({ info, result, clipPlayer, order }: Props) {
  const [, renew] = useState(0);
  useEffect(() => clipPlayer.onChoice(() => renew((count) => count + 1)), [clipPlayer]);
  const t = texts.value.clips;
  const { only } = clipPlayer.choice;
  const places = classPlaces(result, order);
  const shown = result.classes.filter(({ label }, i) => i < TOP || label === only);
  return (
    <>
      <ol class="bars classes" id="what-bars">
        {shown.map(({ label, probability }) => (
          <li key={label}>
            <button
              type="button"
              class="pick"
              aria-pressed={only === label}
              title={t.onlyThis(words(label))}
              onClick={() => clipPlayer.chooseClass(only === label ? null : label)}
            >
              <Swatch place={places.get(label) ?? 0} />
              <span class={label === info.label ? 'is-true' : undefined}>{words(label)}</span>
            </button>
            <span>{percent(probability)}</span>
            <div class="track" aria-hidden="true">
              <i
                style={{
                  width: `${100 * probability}%`,
                  background: classStyle(places.get(label) ?? 0).line,
                }}
              />
            </div>
          </li>
        ))}
      </ol>
      {result.classes.length > TOP && (
        <OtherClass result={result} shown={shown.map(({ label }) => label)} clipPlayer={clipPlayer} />
      )}
      <p class="note" id="only" role="status">
        {only === null
          ? t.chooseClass
          : `${t.only(words(only))} ${hasPlace(result, only) ? '' : t.noPlace(words(only))}`}
      </p>
    </>
  );
}

/** Classes below the best ones, to choose from. */
function OtherClass({ result, shown, clipPlayer }: Omit<Props, 'info' | 'order'> & { shown: string[] }) {
  const t = texts.value.clips;
  return (
    <select
      aria-label={t.otherClass}
      value=""
      onChange={({ currentTarget: { value } }) => clipPlayer.chooseClass(value || null)}
    >
      <option value="">{t.otherClass}</option>
      {result.classes
        .filter(({ label }) => !shown.includes(label))
        .map(({ label, probability }) => (
          <option key={label} value={label}>
            {words(label)}, {percent(probability)}
          </option>
        ))}
    </select>
  );
}
