// The results page against its data.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResults, Results, resultsPage, withFigures } from '../../site/results/table.js';

const table = {
  order: 1,
  title: { en: 'Boxes', zh: '框' },
  about: { en: 'Percent.', zh: '百分比。' },
  columns: [{ en: 'IoU', zh: 'IoU' }],
  rows: [
    {
      kind: 'ours',
      name: { en: 'two looks', zh: '看两次' },
      values: [80.9],
      intervals: [[74, 88]],
      keys: ['shipped.iou3'],
    },
    { kind: 'blind', name: { en: 'centre box', zh: '居中的框' }, values: [39] },
  ],
  command: 'npm run bench',
  date: '2026-11-28',
  page: 'localisation.md#measured',
};

describe('the results page', () => {
  it.each(['en', 'zh'] as const)(
    'is what its files say (%s); else run npm run docs:results',
    async (language) => {
      const path = language === 'en' ? 'docs/results.md' : 'docs/zh/results.md';
      expect(readFileSync(path, 'utf8')).toBe(resultsPage(await readResults('docs/results'), language));
    },
  );

  it('sets our figure with its interval beside the baseline, in both languages', () => {
    const page = resultsPage([Results.parse(table)], 'en');
    expect(page).toContain(
      '| **two looks** | ours | **80.9** [74, 88] |\n| *centre box* | image-blind | *39.0* |',
    );
    expect(page).toContain('Command, 2026-11-28:\n\n```sh\nnpm run bench\n```');
    expect(page).toContain('Explained in: [Where and when](localisation.md#measured)');
    expect(resultsPage([Results.parse(table)], 'zh')).toContain('说明：[位置与时间](localisation.md)');
  });

  it('refuses a table without an image-blind baseline, and a row with a figure too few', () => {
    expect(() => Results.parse({ ...table, rows: [table.rows[0]] })).toThrow(/image-blind/);
    expect(() => Results.parse({ ...table, columns: [...table.columns, ...table.columns] })).toThrow(
      /one value/,
    );
  });

  it('takes figures over from the JSON of a bench, to a tenth, and names those that it lacks', () => {
    const now = withFigures(Results.parse(table), { 'shipped.iou3': 81.26 }, '2026-12-01');
    expect(now.rows.map(({ values }) => values)).toEqual([[81.3], [39]]);
    expect(now.date).toBe('2026-12-01');
    expect(() => withFigures(Results.parse(table), {}, '2026-12-01')).toThrow(/shipped\.iou3/);
  });
});
