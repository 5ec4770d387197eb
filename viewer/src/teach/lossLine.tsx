// The loss of each pass as a line, and held-out accuracy over it.
import { percent } from '../../../src/page/sentences.js';
import { texts } from '../words/index.js';
import type { Pass } from './taught.js';

const [WIDTH, HEIGHT] = [100, 40];

/** The line; its words say the first value, the last and how many there are. */
export function LossLine({ passes }: { passes: readonly Pass[] }) {
  const t = texts.value.learn;
  const top = Math.max(...passes.map(({ loss }) => loss), 1e-9);
  const x = (i: number): number => (WIDTH * i) / Math.max(1, passes.length - 1);
  const y = (share: number): number => HEIGHT - 2 - (HEIGHT - 4) * share;
  const loss = passes.map((pass, i) => `${x(i)},${y(pass.loss / top)}`).join(' ');
  const accuracy = passes
    .map((pass, i) => (pass.accuracy === null ? '' : `${x(i)},${y(pass.accuracy)}`))
    .filter((point) => point !== '')
    .join(' ');
  const last = passes.at(-1)!;
  const says = t.lossSays(passes[0]!.loss.toFixed(2), last.loss.toFixed(2), passes.length);
  return (
    <figure class="loss">
      <figcaption class="row-name">
        <span class="key k1" style={{ '--key': 'var(--curve-1)' }}>
          {t.loss} {last.loss.toFixed(2)}
        </span>
        {last.accuracy !== null && (
          <span class="key k2" style={{ '--key': 'var(--curve-3)' }}>
            {t.heldOut} {percent(last.accuracy)}
          </span>
        )}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        class="curves"
        role="img"
        aria-label={says}
      >
        <polyline class="s1" points={loss} />
        {accuracy !== '' && <polyline class="s2 held" points={accuracy} />}
      </svg>
    </figure>
  );
}
