// One HTML page of the site around the HTML of its Markdown: navigation, language switch, search, contents of the page.
// Everything is plain links and classic scripts, relative to the page: browsers fetch nothing for a page of `file://`.
import { posix } from 'node:path';
import { groups, outputOf, sourceOf, type Language, type Page } from './contents.js';
import type { Section } from './markdown.js';

/** What a page is made of. */
export interface PageParts {
  language: Language;
  /** Where it lies on the site. */
  output: string;
  title: string;
  html: string;
  sections: readonly Section[];
  /** The page among the contents, where it is one of them. */
  page?: Page;
  /** The repository's folder. */
  root: string;
}

const words = {
  en: {
    search: 'Search',
    menu: 'Menu',
    theme: 'Light or dark',
    onThisPage: 'On this page',
    skip: 'Skip to the text',
    other: '中文',
    api: 'API reference',
    untranslated: '',
  },
  zh: {
    search: '搜索',
    menu: '目录',
    theme: '浅色或深色',
    onThisPage: '本页内容',
    skip: '跳到正文',
    other: 'English',
    api: 'API 参考',
    untranslated: '（英文）',
  },
} as const;

/** The whole page as HTML. */
export function pageHtml(parts: PageParts): string {
  const { language, output, title, html } = parts;
  const to = (target: string): string => posix.relative(posix.dirname(output), target);
  const said = words[language];
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · wherewhen</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('assets/katex/katex.min.css')}">
<link rel="stylesheet" href="${to('assets/style.css')}">
<script src="${to('assets/theme.js')}"></script>
</head>
<body>
<a class="skip" href="#text">${said.skip}</a>
<header>
<button id="menu" aria-label="${said.menu}" aria-controls="contents" aria-expanded="false">☰</button>
<a class="home" href="${to(language === 'zh' ? 'zh/index.html' : 'index.html')}">wherewhen</a>
<div id="search" role="search"><input type="search" placeholder="${said.search}" aria-label="${said.search}" autocomplete="off"><ol hidden></ol></div>
<a class="language" hreflang="${language === 'zh' ? 'en' : 'zh-CN'}" href="${to(otherLanguage(parts))}">${said.other}</a>
<button id="theme" title="${said.theme}" aria-label="${said.theme}">◐</button>
</header>
<div class="columns">
<nav id="contents">${navigation(parts, to)}</nav>
<main id="text">
${html}
</main>
<aside>${onThisPage(parts.sections, said.onThisPage)}</aside>
</div>
<script>var siteRoot = ${JSON.stringify(to('.') || '.')};</script>
<script src="${to(`assets/search-${language}.js`)}" defer></script>
<script src="${to('assets/site.js')}" defer></script>
</body>
</html>
`;
}

/** Text that stands in HTML as it is. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => names[sign]!);
}

/** Pages of the contents; in Chinese those that were not translated lead to the English page and say so. */
function navigation({ language, page, root }: PageParts, to: (target: string) => string): string {
  const shown = groups.map(({ name, pages }) => {
    const items = pages.map((one) => {
      const own = sourceOf(one, language, root);
      const source = own ?? sourceOf(one, 'en', root);
      if (source === undefined) return '';
      const note = own === undefined ? words[language].untranslated : '';
      const here = one === page ? ' aria-current="page"' : '';
      return `<li><a href="${to(outputOf(source))}"${here}>${escapeHtml(one.name[language])}${note}</a></li>`;
    });
    return `<h2>${name[language]}</h2><ul>${items.join('')}</ul>`;
  });
  return `${shown.join('')}<ul><li><a href="${to('api/index.html')}">${words[language].api}</a></li></ul>`;
}

/** The same page in the other language, else that language's first page. */
function otherLanguage({ language, page, root }: PageParts): string {
  const other = language === 'en' ? 'zh' : 'en';
  const twin = page && sourceOf(page, other, root);
  return twin ? outputOf(twin) : other === 'zh' ? 'zh/index.html' : 'index.html';
}

function onThisPage(sections: readonly Section[], title: string): string {
  const listed = sections.filter(({ level }) => level === 2 || level === 3);
  if (listed.length < 2) return '';
  const items = listed.map(
    ({ level, id, heading }) => `<li class="level${level}"><a href="#${id}">${escapeHtml(heading)}</a></li>`,
  );
  return `<h2>${title}</h2><ul>${items.join('')}</ul>`;
}
