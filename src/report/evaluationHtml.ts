// What was learnt, as HTML: one tile a question with its image-blind baselines below, all figures, and the confusions.
import type { EvaluationReport } from '../evaluate/index.js';
import type { Figure } from '../evaluate/reports/reportForm.js';
import { agreementHtml } from './agreementTable.js';
import { digits, shown } from './figureWords.js';
import { escaped } from './html.js';
import { words } from '../page/sentences.js';
import { evaluationWords } from './table.js';
import { percent } from '../percent.js';

/** The section of an evaluation: tiles, sentences, and tables behind a click. */
export function evaluationHtml(report: EvaluationReport): string {
  const tiles = [
    tile('What?', 'clips whose class is right', report.what.figures.top1),
    report.where &&
      tile('Where?', 'acting frames whose box overlaps the true one by 0.3', report.where.figures['iou0.3']),
    report.when &&
      tile('When?', 'mean overlap of the found and the true stretch of time', report.when.figures.meanIou),
  ].filter((html) => html !== null);
  const notes = evaluationWords(report).slice(tiles.length);
  return `<section aria-labelledby="learnt-title">
<h2 id="learnt-title">What was learnt, measured on ${report.clips} clips</h2>
<div class="tiles">${tiles.join('\n')}</div>
<ul class="notes">${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>
<div class="more">
<details class="sheet"><summary>All figures, beside answers that look at no picture</summary>${figuresTable(report)}</details>
${actorsDetails(report)}${agreementHtml(report.agreement)}<details class="sheet"><summary>Which class is taken for which</summary>${confusionTable(report.what.confusion)}</details>
</div>
</section>`;
}

function tile(
  question: string,
  meaning: string,
  { value, interval, trivial, verdict, best, simple }: Figure,
): string {
  const rivals = Object.entries(trivial).sort(([, a], [, b]) => b - a);
  const baseline = simple ? [[`${simple.name} (looks too)`, simple.value] as const] : [];
  const bars = [['this model', value] as const, ...baseline, ...rivals].map(([name, reached], i) => {
    const bar = `<div class="track" aria-hidden="true"><i style="width:${(100 * Math.max(0, reached)).toFixed(1)}%"></i></div>`;
    return `<li${i === 0 ? ' class="ours"' : ''}><span>${escaped(name)}</span><span>${percent(reached)}</span>${bar}</li>`;
  });
  const points = (100 * (value - best.value)).toFixed(1);
  const says = {
    above: `<strong class="above">Beats every image-blind baseline</strong>, the best (${escaped(best.name)}) by ${points} points.`,
    level: `<strong class="level">Not told apart</strong> from an image-blind baseline, ${escaped(best.name)}.`,
    below: `<strong class="below">An image-blind baseline wins</strong>: ${escaped(best.name)}. Do not trust this one.`,
  }[verdict];
  const range = interval ? `95 % interval ${percent(interval.low)} to ${percent(interval.high)}` : '';
  return `<section class="tile"><h3><span class="question">${question}</span> ${escaped(meaning)}</h3>
<p class="big">${(100 * value).toFixed(1)}<small> %</small></p><p class="range">${range}</p>
<ul class="rivals">${bars.join('')}</ul><p class="says">${says}</p></section>`;
}

function figuresTable({ what, where, when, agreement }: EvaluationReport): string {
  const hasSimple = Object.values<Figure | undefined>(what.figures).some((figure) => figure?.simple);
  const part = (name: string, figures: Record<string, Figure | undefined> | undefined): string =>
    figures
      ? `<tbody><tr><th class="part" scope="rowgroup" colspan="${hasSimple ? 5 : 4}">${name}</th></tr>${Object.values(
          figures,
        )
          .map((figure) => (figure ? figureRow(figure, hasSimple) : ''))
          .join('')}</tbody>`
      : '';
  return `<div class="scroll" tabindex="0" role="region" aria-label="All figures"><table>
<thead><tr><th scope="col">Figure</th><th scope="col">Model</th><th scope="col">95 % interval</th><th scope="col">Best image-blind baseline</th>${hasSimple ? '<th scope="col">Simple baseline</th>' : ''}</tr></thead>
${part('What', what.figures)}${part('Where', where?.figures)}${part('Where, class by class', where?.byClass?.figures)}${part('When', when?.figures)}${part('Agreement with the scorer', agreement?.figures)}</table></div>`;
}

/** Where each class was done, for reports whose answers tell of actors. */
function actorsDetails({ where }: EvaluationReport): string {
  if (!where?.byClass) return '';
  const rows = where.byClass.perClass.map(
    ({ label, frames, place, meanIou }) =>
      `<tr><th scope="row">${escaped(words(label))}</th><td>${frames}</td><td>${percent(place)}</td><td>${percent(meanIou)}</td></tr>`,
  );
  return `<details class="sheet"><summary>Where, class by class</summary><div class="scroll" tabindex="0" role="region" aria-label="Where, class by class"><table>
<thead><tr><th scope="col">Class</th><th scope="col">Frames</th><th scope="col">On the right thing</th><th scope="col">Mean box IoU</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>
`;
}

function figureRow(
  { name, value, interval, best, verdict, unit, simple }: Figure,
  hasSimple: boolean,
): string {
  const range = interval ? `${digits(interval.low, unit)} to ${digits(interval.high, unit)}` : '';
  const rival = `${shown(best.value, unit)}, ${escaped(best.name)}${verdict === 'below' ? ': wins' : verdict === 'level' ? ': not told apart' : ''}`;
  const stands = { above: '', level: ': not told apart', below: ': better' };
  const beside = simple
    ? `${shown(simple.value, unit)}, ${escaped(simple.name)}${stands[simple.verdict]}`
    : '';
  return `<tr><th scope="row">${escaped(name)}</th><td>${shown(value, unit)}</td><td>${range}</td><td${verdict === 'above' ? '' : ' class="win"'}>${rival}</td>${hasSimple ? `<td>${beside}</td>` : ''}</tr>`;
}

/** Shares of each true class; the number in a cell is clips. */
function confusionTable({ classes, counts }: EvaluationReport['what']['confusion']): string {
  const head = classes.map((name) => `<th scope="col"><span>${escaped(words(name))}</span></th>`).join('');
  const rows = counts.map((row, k) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count) => {
      const share = total > 0 ? count / total : 0;
      const kind = count === 0 ? ' class="zero"' : share > 0.5 ? ' class="full"' : '';
      return `<td${kind} style="--share:${share.toFixed(2)}">${count}</td>`;
    });
    return `<tr><th scope="row">${escaped(words(classes[k]!))}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="Confusions"><table class="confusion">
<caption>Rows: the true class. Columns: the answer. Numbers are clips.</caption>
<thead><tr><td style="background:none"></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
