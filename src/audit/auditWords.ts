// An audit for a terminal: the verdict, then each finding with its level, from the worst to the best.
import type { AuditReport } from './audit.js';
import { CHECKS, type FindingLevel } from './finding.js';

const MARK: Readonly<Record<FindingLevel, string>> = {
  fault: 'FAULT',
  warning: 'WARNING',
  note: 'note',
  pass: 'pass',
};

/** The report as plain text, about 100 wide. */
export function auditWords({ verdict, findings, clips, model }: AuditReport): string {
  const head = `${verdict.words} ${clips} clips, model ${model.id} (${model.attention}, ${model.backbone}).`;
  const parts = findings.map(({ check, level, words }) =>
    [
      `${MARK[level].padEnd(8)}${check}: ${CHECKS[check]}`,
      ...wrapped(words, 90).map((line) => `        ${line}`),
    ].join('\n'),
  );
  return [head, '', ...parts].join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
