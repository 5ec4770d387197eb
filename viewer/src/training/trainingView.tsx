// A training as it runs: loss terms each on its own, learning rate, validation, what it said of a few clips after
// each epoch, and warnings in words.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { cividisCss, colourTable } from '../../../src/page/colours.js';
import { percent, words } from '../../../src/page/sentences.js';
import {
  Training,
  type EpochRow,
  type EpochSample,
  type EpochSamples,
  type ModelEntry,
} from '../../../src/server/api.js';
import { useLoaded } from '../loaded.js';
import { go, route } from '../route.js';
import { ask } from '../source.js';
import { hasServer, state, trainingTick } from '../store.js';
import { Chart, type ChartLine } from './chart.js';
import { termsInUse } from './terms.js';
import { texts } from '../words/index.js';

/** The view of one training; a choice where several are served. */
export function TrainingView() {
  const runs = (state.value?.models ?? []).filter(({ hasTraining }) => hasTraining);
  const run =
    runs.find(({ key }) => key === route.value.model) ?? runs.find(({ isRunning }) => isRunning) ?? runs[0];
  if (!run) return <p class="waiting">{texts.value.training.none}</p>;
  return <Run runs={runs} run={run} />;
}

function Run({ runs, run }: { runs: ModelEntry[]; run: ModelEntry }) {
  const loaded = useLoaded(`${run.key} ${trainingTick.value}`, (signal) =>
    ask(`models/${run.key}/training.json`, Training, { signal }),
  );
  const last = useSignal<Training | null>(null);
  useEffect(() => {
    if (loaded.value.state === 'ready') last.value = loaded.value.value;
  }, [loaded.value]);
  const training = last.value;
  if (loaded.value.state === 'failed' && !training) return <p class="bad">{loaded.value.error.message}</p>;
  if (!training) return <p class="waiting">{texts.value.training.reading}</p>;
  const { rows, weights, epochs, isDone, warnings } = training;
  const epoch = rows.at(-1)?.epoch ?? 0;
  const t = texts.value.training;
  return (
    <div class="training">
      <header class="player-head">
        <h1 id="training-title">{run.name}</h1>
        <p class={isDone ? 'chip' : 'chip right'} id="training-state">
          {isDone ? t.finished : hasServer.value ? t.live : t.wasLive}
          {t.epochOf(epoch, epochs)}
        </p>
        <span class="grow" />
        {runs.length > 1 && (
          <label>
            {t.training}{' '}
            <select value={run.key} onChange={({ currentTarget }) => go({ model: currentTarget.value })}>
              {runs.map(({ key, name }) => (
                <option key={key} value={key}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <ul class="warnings" id="warnings" aria-live="polite">
        {warnings.map((warning) => (
          <li key={warning} class="banner bad">
            {warning}
          </li>
        ))}
      </ul>
      {rows.length === 0 ? <p class="waiting">{t.first}</p> : <Charts rows={rows} weights={weights} />}
      <Samples samples={training.samples} />
    </div>
  );
}

function Charts({ rows, weights }: Pick<Training, 'rows' | 'weights'>) {
  // The second part of a run, on all clips, counts its epochs anew: on the charts it follows the first.
  const before = Math.max(0, ...rows.filter(({ isRefit }) => !isRefit).map(({ epoch }) => epoch));
  const epochs = rows.map(({ epoch, isRefit }) => (isRefit ? before + epoch : epoch));
  const terms = termsInUse(rows, weights);
  const t = texts.value.training;
  const of = (name: string, value: (row: EpochRow) => number | null | undefined): ChartLine => ({
    name,
    values: rows.map((row) => value(row) ?? null),
  });
  const best = rows.findLast(({ isBest, isRefit }) => isBest && !isRefit)?.epoch ?? null;
  const held = rows.some(({ validation }) => validation);
  return (
    <div class="charts">
      <Chart
        title={t.loss}
        epochs={epochs}
        best={best}
        lines={[
          of(t.ofTraining, ({ losses }) => losses['total']),
          ...(held ? [of(t.ofValidation, ({ validation }) => validation?.crossEntropy)] : []),
        ]}
      />
      {held && (
        <Chart
          title={t.accuracy}
          epochs={epochs}
          best={best}
          isShare
          lines={[of('top-1', ({ validation }) => validation?.accuracy)]}
        />
      )}
      {terms.map((name) => (
        <Chart
          key={name}
          title={name === 'gradientNorm' ? t.gradient : t.term(words(name))}
          epochs={epochs}
          best={best}
          lines={[of(words(name), ({ losses }) => losses[name])]}
        />
      ))}
      <Chart
        title={t.rate}
        epochs={epochs}
        best={best}
        lines={[of(t.rateLine, ({ learningRate, steps }) => (steps > 0 ? learningRate : null))]}
      />
    </div>
  );
}

function Samples({ samples }: { samples: EpochSamples[] }) {
  const at = useSignal<number | null>(null);
  if (samples.length === 0) return null;
  const shown = Math.min(samples.length - 1, at.value ?? samples.length - 1);
  const { epoch, clips } = samples[shown]!;
  const t = texts.value.training;
  return (
    <section aria-labelledby="samples-title">
      <header class="labels-head">
        <h2 id="samples-title">{t.after(epoch)}</h2>
        <span class="grow" />
        {samples.length > 1 && (
          <label>
            {t.epoch}{' '}
            <input
              type="range"
              id="sample-epoch"
              min="0"
              max={samples.length - 1}
              value={shown}
              onInput={({ currentTarget }) => {
                const value = Number(currentTarget.value);
                at.value = value === samples.length - 1 ? null : value;
              }}
            />
          </label>
        )}
      </header>
      <div class="samples">
        {clips.map((sample) => (
          <Sample key={sample.clip} sample={sample} />
        ))}
      </div>
    </section>
  );
}

/** The masks of a clip side by side over its weights. */
function Sample({ sample }: { sample: EpochSample }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { clip, label, answer, probability, weights, height, width, masks } = sample;
  useEffect(() => {
    const element = canvas.current!;
    const table = colourTable('cividis');
    const bytes = atob(masks);
    const pixels = new Uint8ClampedArray(weights.length * width * height * 4);
    for (let i = 0; i < bytes.length; i++) {
      const [frame, cell] = [Math.floor(i / (width * height)), i % (width * height)];
      const to = (Math.floor(cell / width) * width * weights.length + frame * width + (cell % width)) * 4;
      pixels.set(table.subarray(3 * bytes.charCodeAt(i), 3 * bytes.charCodeAt(i) + 3), to);
      pixels[to + 3] = 255;
    }
    element.width = width * weights.length;
    element.height = height;
    element.getContext('2d')!.putImageData(new ImageData(pixels, element.width, height), 0, 0);
  }, [sample]);
  const top = Math.max(...weights, 1e-9);
  const isRight = label === answer;
  return (
    <figure class="sheet sample">
      <figcaption>
        <strong>{words(answer)}</strong> {percent(probability)}{' '}
        <span class={`mark ${isRight ? 'right' : 'wrong'}`}>
          {isRight ? '✓' : `✗ ${texts.value.list.trueIs(words(label))}`}
        </span>
        <span class="clip-name">{clip}</span>
      </figcaption>
      <canvas ref={canvas} role="img" aria-label={texts.value.training.masks(weights.length)} />
      <div class="sample-weights" role="img" aria-label={texts.value.training.weights(percent(top))}>
        {weights.map((weight, i) => (
          <i key={i} style={{ height: `${(100 * weight) / top}%`, background: cividisCss(weight / top) }} />
        ))}
      </div>
    </figure>
  );
}
