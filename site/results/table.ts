// The results page from its data: each file of docs/results is one table with its command, its date and what stands beside
// our figures. Names are in both languages; figures are written once.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pages, type Language } from '../contents.js';

const Words = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const figure = z.number().min(0).nullable();

/** A line of a table. `keys` name the figures of the bench's JSON that its values are taken from. */
const Row = z.strictObject({
  kind: z.enum(['ours', 'published', 'simple', 'blind']),
  name: Words,
  values: z.array(figure).min(1),
  /** 95 % intervals, where they were measured. */
  intervals: z.array(z.tuple([z.number(), z.number()]).nullable()).optional(),
  keys: z.array(z.string()).optional(),
});

/** One table of the page. */
export const Results = z
  .strictObject({
    order: z.number().int(),
    title: Words,
    about: Words,
    columns: z.array(Words).min(1),
    rows: z.array(Row).min(1),
    command: z.string().min(1),
    date: z.iso.date(),
    /** Where the figures are explained, below docs. */
    page: z.string(),
  })
  .refine(({ rows, columns }) => rows.every(({ values }) => values.length === columns.length), {
    error: 'every row has one value for each column',
  })
  .refine(({ rows }) => rows.some(({ kind }) => kind === 'blind'), {
    error: 'an image-blind baseline stands in every table',
  });
export type Results = z.infer<typeof Results>;

/** The tables of a folder, in their order. */
export async function readResults(folder: string): Promise<Results[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const all = await Promise.all(
    names.map(async (name) => Results.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  return all.sort((a, b) => a.order - b.order);
}

/** Sets the values of rows that have keys to the figures of a bench that was just run, to a tenth, with today's date. */
export function withFigures(results: Results, figures: Record<string, number>, date: string): Results {
  const rows = results.rows.map((row) => {
    if (!row.keys) return row;
    const missing = row.keys.filter((key) => figures[key] === undefined);
    if (missing.length > 0) throw new Error(`results: the bench gave no ${missing.join(', ')}`);
    return { ...row, values: row.keys.map((key) => Math.round(10 * figures[key]!) / 10) };
  });
  return { ...results, rows, date };
}

const words = {
  en: {
    title: '# All results',
    other: '[中文](zh/results.md)',
    intro: `Every table holds our figures (bold), published figures, simple baselines, and image-blind baselines (italic), which answer
without looking at a picture. Brackets are 95 % intervals. Below each table stand the command that makes the figures and the
date of the run. Higher is better everywhere.

This page is made by \`npm run docs:results\` from the files in \`docs/results\`. Change those, not this page.`,
    kinds: { ours: 'ours', published: 'published', simple: 'simple', blind: 'image-blind' },
    kind: 'kind',
    made: (date: string) => `Command, ${date}:`,
    more: 'Explained in: ',
  },
  zh: {
    title: '# 全部结果',
    other: '[English](../results.md)',
    intro: `每张表都列出本项目的数字（粗体）、已发表的数字、简单基线，以及完全不看画面的基线（斜体）。方括号内是 95 % 置信区间。每张表下面写明得到这些数字的
命令和运行日期。所有数字都是越高越好。

本页由 \`npm run docs:results\` 根据 \`docs/results\` 中的文件生成。请修改那些文件，不要修改本页。`,
    kinds: { ours: '本项目', published: '已发表', simple: '简单基线', blind: '不看画面' },
    kind: '种类',
    made: (date: string) => `命令（${date}）：`,
    more: '说明：',
  },
} as const;

/** The page as Markdown. */
export function resultsPage(all: readonly Results[], language: Language): string {
  const { title, other, intro } = words[language];
  return `${[title, other, intro, ...all.map((one) => section(one, language))].join('\n\n')}\n`;
}

function section({ title, about, columns, rows, command, date, page }: Results, language: Language): string {
  const said = words[language];
  const head = ['', said.kind, ...columns.map((column) => column[language])];
  const lines = rows.map((row) => [
    emphasised(row.name[language], row.kind),
    said.kinds[row.kind],
    ...row.values.map((value, i) => cell(value, row.intervals?.[i], row.kind)),
  ]);
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return `## ${title[language]}

${about[language]}

${table.join('\n')}

${said.made(date)}

\`\`\`sh
${command}
\`\`\`

${said.more}${linkTo(page, language)}`;
}

/** The page that explains a table; in Chinese its twin, whose sections have other anchors. */
function linkTo(page: string, language: Language): string {
  const file = page.replace(/#.*/, '');
  const name = pages.find(({ source }) => source === `docs/${file}`)?.name[language] ?? file;
  return `[${name}](${language === 'zh' ? file : page})`;
}

function emphasised(text: string, kind: Results['rows'][number]['kind']): string {
  return kind === 'ours' ? `**${text}**` : kind === 'blind' ? `*${text}*` : text;
}

function cell(
  value: number | null,
  interval: readonly [number, number] | null | undefined,
  kind: Results['rows'][number]['kind'],
): string {
  if (value === null) return '';
  const shown = emphasised(value.toFixed(Math.abs(value * 10 - Math.round(value * 10)) < 1e-6 ? 1 : 2), kind);
  return interval ? `${shown} [${interval[0]}, ${interval[1]}]` : shown;
}
