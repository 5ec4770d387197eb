// An audit as one HTML file: verdict, findings, curves and the places that each class hangs on. No script, no network.
import { writeAtomically } from '../atomicFile.js';
import { chartHtml, type Chart } from '../report/charts.js';
import { escaped } from '../report/html.js';
import { pageStyle, policyFor } from '../report/pageSource.js';
import { cividisCss } from '../page/colours.js';
import { words } from '../page/sentences.js';
import type { AuditReport } from './audit.js';
import { CHECKS, type EvidenceClips, type AuditFinding, type FindingLevel } from './finding.js';
import { ORDER_WORDS } from './checks.js';
import { STEPS } from './orders.js';

/** Writes the page to `path`, whole or not at all. Throws `output`. */
export async function writeAudit(path: string, report: AuditReport): Promise<void> {
  await writeAtomically(path, auditHtml(report, await pageStyle()));
}

const OWN_STYLE = `
.findings{display:grid;gap:12px}.finding{padding:14px 18px}.finding h3{font-size:1rem;display:flex;gap:10px;align-items:baseline;flex-wrap:wrap}
.finding p{margin-top:4px}.finding table{margin-top:8px}.level{font-size:.8rem;font-weight:700;padding:1px 9px;border-radius:99px;border:1px solid currentColor}
.level.fault{color:var(--bad)}.level.warning{color:var(--bad)}.level.pass{color:var(--good)}.level.note{color:var(--soft)}
.places{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:14px}.places figure{margin:0;padding:12px 14px}
.places .pair{display:flex;gap:12px;margin-top:6px}.places svg{width:86px;height:86px;display:block;border-radius:4px}.places span{font-size:.8rem;color:var(--soft)}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;--back:#0b1017;--sheet:#131a24;--sunk:#0e141c;--ink:#e9eef5;--soft:#97a5b8;--line:#263142;--good:#5fd3ae;--bad:#ff9a5c;--curve-1:#fdea45;--curve-2:#56b4e9;--curve-3:#e69f8c}}
`;

const LEVEL_WORDS: Readonly<Record<FindingLevel, string>> = {
  fault: 'Fault',
  warning: 'Warning',
  note: 'Note',
  pass: 'Pass',
};

/** The page; `style` is that of every report. */
export function auditHtml(report: AuditReport, style: string): string {
  const css = style + OWN_STYLE;
  const { verdict, model, clips, data } = report;
  const intro = `${clips} clips of ${data}; model ${model.id} (${model.attention}, ${model.backbone}).`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policyFor({ css, script: '' }))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="wherewhen"><title>Is the explanation true?</title><link rel="icon" href="data:,">
<style>${css}</style></head><body>
<header class="top"><div class="wide top-row"><p class="wordmark" aria-label="wherewhen"><span>where</span><span>when</span></p></div></header>
<main class="wide"><div class="intro"><h1>Is the explanation true?</h1><p><strong>${escaped(verdict.words)}</strong></p><p>${escaped(intro)}</p></div>
<section aria-labelledby="findings"><h2 id="findings">Findings</h2><div class="findings">${report.findings.map(findingHtml).join('\n')}</div></section>
<section aria-labelledby="curves"><h2 id="curves">What the answer hangs on</h2>
<p>Mean probability of the answered class while frames, or cells of every frame, are taken away (deletion) or put back (insertion). What is taken away becomes the clip's mean feature. A true order falls first under deletion and rises first under insertion.</p>
<div class="more">${charts(report).map(chartHtml).join('\n')}</div></section>
<section aria-labelledby="places"><h2 id="places">Where each class looks, and where it hangs</h2>
<p>Left: the share of the mask on each sixteenth of the picture, averaged over the class. Right: how far the class falls without it. One bright tile on the right in clip after clip is a shortcut.</p>
<div class="places">${report.places.map(placesHtml).join('\n')}</div></section>
</main><footer class="wide foot"><p>Made by wherewhen. This file opens without a network and asks for nothing.</p></footer></body></html>
`;
}

function findingHtml({ check, level, words: said, figures, evidenceClips }: AuditFinding): string {
  const rows = figures.map(({ name, value, interval }) => {
    const range = interval ? `${number(interval.low)} to ${number(interval.high)}` : '';
    return `<tr><th scope="row">${escaped(name)}</th><td>${number(value)}</td><td>${range}</td></tr>`;
  });
  const table =
    rows.length > 0
      ? `<details><summary>Figures</summary><div class="scroll" tabindex="0" role="region" aria-label="Figures of ${check}"><table><thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">95 % interval</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`
      : '';
  return `<article class="sheet finding" id="${check}"><h3><span class="level ${level}">${LEVEL_WORDS[level]}</span>${escaped(CHECKS[check])} <small><code>${check}</code></small></h3><p>${escaped(said)}</p>${table}${evidenceClips ? evidenceHtml(evidenceClips) : ''}</article>`;
}

function evidenceHtml({ measure, clips }: EvidenceClips): string {
  const rows = clips.map(
    ({ name, value }) => `<tr><th scope="row">${escaped(name)}</th><td>${number(value)}</td></tr>`,
  );
  return `<details><summary>Clips that speak most against it</summary><table><thead><tr><th scope="col">Clip</th><th scope="col">${escaped(measure)}</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

/** Own order, the main rival and the prior: three lines a chart. */
function charts({ curves }: AuditReport): Chart[] {
  const shown = { frames: ['map', 'random', 'middle'], regions: ['map', 'elsewhere', 'centre'] } as const;
  return (['frames', 'regions'] as const).flatMap((what) =>
    (['deletion', 'insertion'] as const).map((mode): Chart => ({
      title: `${what === 'frames' ? 'Frames' : 'Regions'}, ${mode}`,
      xName: mode === 'deletion' ? 'share taken away' : 'share put back',
      series: shown[what].flatMap((name) => {
        const own = curves[what][name];
        if (!own) return [];
        const points = own[mode].map((y, i): [number, number] => [i / STEPS, y]);
        return [{ name: ORDER_WORDS[name]!, points }];
      }),
      top: 1,
      isPercent: true,
    })),
  );
}

function placesHtml({ label, clips, rows, columns, drops, shares }: AuditReport['places'][number]): string {
  const most = Math.max(...drops);
  return `<figure class="sheet"><figcaption><strong>${escaped(words(label))}</strong> <span>${clips} right clips</span></figcaption><div class="pair">
<div>${tilesSvg(shares, rows, columns, `Mask of ${label}`)}<span>mask: up to ${Math.round(100 * Math.max(...shares))} %</span></div>
<div>${tilesSvg(
    drops.map((drop) => Math.max(0, drop)),
    rows,
    columns,
    `Fall of ${label}`,
  )}<span>fall: up to ${most.toFixed(2)}</span></div></div></figure>`;
}

/** Tiles coloured from nothing to the largest value, and to at least a fifth: noise stays dark. */
function tilesSvg(values: readonly number[], rows: number, columns: number, name: string): string {
  const top = Math.max(0.2, ...values);
  const cells = values.map(
    (value, tile) =>
      `<rect x="${tile % columns}" y="${Math.floor(tile / columns)}" width="1.02" height="1.02" fill="${cividisCss(value / top)}"/>`,
  );
  return `<svg viewBox="0 0 ${columns} ${rows}" role="img" aria-label="${escaped(name)}">${cells.join('')}</svg>`;
}

function number(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toFixed(3);
}
