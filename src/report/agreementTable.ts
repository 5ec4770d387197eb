// Agreement with a scorer, class by class, as lines for a terminal and as a table in HTML: F1 and kappa of the frames, and
// the time that the class takes by the scorer and by the answer.
import type { AgreementReport } from '../evaluate/reports/reportForm.js';
import { escaped } from './html.js';
import { words } from '../page/sentences.js';
import { percent } from '../percent.js';
import { columns } from '../columns.js';

type ClassRow = AgreementReport['perClass'][number];

const HEAD = ['class', 'F1', 'precision', 'recall', 'kappa', 'scorer', 'answer', 'bouts'];

/** The rows behind the figures. Times are seconds with their share of the clips, bouts those of scorer and answer. */
function cellsOf({ label, f1, precision, recall, kappa, scorer, answer }: ClassRow): string[] {
  const time = ({ seconds, share }: ClassRow['scorer']): string =>
    `${seconds.toFixed(1)} s (${percent(share)})`;
  return [
    ...[
      label,
      percentOr(f1),
      percentOr(precision),
      percentOr(recall),
      kappa === null ? '-' : kappa.toFixed(2),
    ],
    ...[time(scorer), time(answer), `${scorer.bouts} / ${answer.bouts}`],
  ];
}

/** Lines of plain text: a head, then a line a class. */
export function agreementLines({ clips, frames, perClass }: AgreementReport): string[] {
  const rows = [HEAD, ...perClass.map(cellsOf)];
  return [
    `Agreement with the scorer on ${frames} frames of ${clips} clips, and the time of each class:`,
    ...columns(rows, (column) => column > 0),
  ];
}

/** The same behind a click. */
export function agreementHtml(agreement: AgreementReport | undefined): string {
  if (!agreement) return '';
  const head = [...HEAD.slice(0, 5), 'time, scorer', 'time, answer', 'bouts, scorer / answer'];
  const rows = agreement.perClass.map((row) => {
    const [, ...cells] = cellsOf(row);
    return `<tr><th scope="row">${escaped(words(row.label))}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<details class="sheet"><summary>Agreement with the scorer, class by class</summary><div class="scroll" tabindex="0" role="region" aria-label="Agreement with the scorer, class by class"><table>
<caption>Frame by frame, on ${agreement.frames} frames of ${agreement.clips} clips.</caption>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></details>
`;
}

function percentOr(value: number | null): string {
  return value === null ? '-' : percent(value);
}
