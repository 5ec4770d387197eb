// All text of the page stands in one file a language. Read from the sources, without a browser: what a reader would see or hear
// is no literal anywhere else, and both languages are whole.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, expect, test } from 'vitest';
import { english, speak } from '../../src/page/pageWords.js';
import { answerSentence, placeOf } from '../../src/page/sentences.js';
import { en } from '../../viewer/src/words/en.js';
import { zh } from '../../viewer/src/words/zh.js';

const root = fileURLToPath(new URL('../../viewer/src/', import.meta.url));

/** What the page shows of the files that reports share. */
const shared = fileURLToPath(new URL('../../src/page/', import.meta.url));
const sharedNames = [
  'timeline',
  'timelineRows',
  'stepMatrix',
  'sentences',
  'preview',
  'overlay',
  'actorMarks',
];

/** Attributes that are read or heard. */
const shown = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'summary']);

/** Names of keys, of errors, of headers and of colour maps; commands; fonts and media queries. */
const noText =
  /^(Enter|Escape|Delete|Backspace|Arrow\w+|\w+Error|Content-\w+|cividis|viridis|wherewhen .*|--\w+.*|.*sans-serif|\(.*\)|[.#].*|where|when|gradientNorm|dark)$/s;

/** Two words in a row, or one that begins as a sentence does. */
const isText = /\p{L}{2,}[,:;.]? \p{L}|^[A-Z][a-z]+/u;

/** The attribute that an expression is the value of; undefined outside, and inside a function of it. */
function attributeOf(node: ts.Node): string | undefined {
  for (let up = node.parent; up && !ts.isFunctionLike(up); up = up.parent)
    if (ts.isJsxAttribute(up) || (ts.isPropertyAssignment(up) && up.name.getText() === 'class'))
      return up.name.getText();
  return undefined;
}

function textOf(node: ts.Node): string | undefined {
  const isPart = ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return ts.isJsxText(node) || ts.isStringLiteralLike(node) || isPart ? node.text.trim() : undefined;
}

function isShown(node: ts.Node, text: string): boolean {
  if (noText.test(text)) return false;
  if (ts.isJsxText(node)) return /\p{L}{2}/u.test(text);
  const attribute = attributeOf(node);
  if (attribute !== undefined) return shown.has(attribute) && /\p{L}{2}/u.test(text);
  return isText.test(text);
}

/** Literals of a source that a reader would see. */
function literalsOf(name: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = textOf(node);
    if (text !== undefined && isShown(node, text)) found.push(`${name}: ${text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true));
  return found;
}

afterEach(() => speak(english));

test('no text of the page stands outside the files of words', () => {
  const names = readdirSync(root, { recursive: true }).map(String);
  const sources = names.filter((name) => /\.tsx?$/.test(name) && !/^words[/\\]/.test(name));
  expect(sources.length).toBeGreaterThan(50);
  const paths = [
    ...sources.map((name) => `${root}${name}`),
    ...sharedNames.map((name) => `${shared}${name}.ts`),
  ];
  expect(paths.flatMap((path) => literalsOf(path, readFileSync(path, 'utf8')))).toEqual([]);
});

test('what a reader would see is found where it is a literal', () => {
  const source =
    'const a = <p title="Save it" class="two words">Saved {n} <b>{n > 1 ? `${n} clips left` : ""}</b></p>;';
  expect(literalsOf('a.tsx', source)).toEqual(['a.tsx: Save it', 'a.tsx: Saved', 'a.tsx: clips left']);
});

/** Paths of all texts, those of lists and functions too. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, one]) => pathsOf(one, `${path}.${key}`));
}

test('both languages have the same texts, and the Chinese ones are Chinese', () => {
  expect(pathsOf(zh).sort()).toEqual(pathsOf(en).sort());
  const said = pathsOf(zh).filter((path) => {
    const value = path
      .slice(1)
      .split('.')
      .reduce((at: never, key) => at[key], zh as never) as unknown;
    return typeof value === 'string' && /^[A-Za-z ]{3,}$/.test(value);
  });
  expect(said.filter((path) => !path.includes('eys.'))).toEqual(['.frame.otherLanguage']); // "English"; names of keys
});

test('sentences of an answer are said in the language that was set', () => {
  const result = {
    classes: [
      { label: 'wave', probability: 0.7 },
      { label: 'bend', probability: 0.3 },
    ],
    model: {},
  } as never;
  expect(answerSentence(result)).toBe('Wave, likely (70 %); bend is possible too (30 %).');
  speak(zh.page);
  expect(answerSentence(result)).toBe('Wave，很可能（70 %）；也可能是 bend（30 %）。');
  expect(placeOf([0, 0, 10, 10], { width: 100, height: 100 })).toBe('左上');
});
