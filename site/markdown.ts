// Markdown to HTML: tables that scroll by themselves, mathematics between dollar signs by KaTeX, headings with the
// anchors that GitHub gives them, links through a function of the caller. Also the sections of a page, for the search.
import katex from 'katex';
import MarkdownIt from 'markdown-it';

/** A heading of a page and the plain text below it, down to the next heading. */
export interface Section {
  level: number;
  /** Anchor, without `#`. */
  id: string;
  heading: string;
  text: string;
}

/** A page as HTML, and its sections in their order. */
export interface Rendered {
  html: string;
  sections: Section[];
}

/** Renders Markdown; `linkTo` says where a link or picture of the page leads on the site, `undefined` for nowhere. */
export function renderMarkdown(text: string, linkTo: (target: string) => string | undefined): Rendered {
  const markdown = new MarkdownIt({ html: true });
  addMathematics(markdown);
  wrapTables(markdown);
  keepTogether(markdown);
  const tokens = markdown.parse(text, {});
  const sections = sectionsOf(tokens);
  relink(tokens, linkTo);
  return { html: markdown.renderer.render(tokens, markdown.options, {}), sections };
}

/** The anchor that GitHub gives a heading: lower case, blanks as hyphens, no punctuation; a second one of a name gets `-1`. */
export function anchorOf(heading: string, taken: Set<string>): string {
  const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').trim().replace(/ /g, '-'); // prettier-ignore
  let anchor = plain;
  for (let i = 1; taken.has(anchor); i++) anchor = `${plain}-${i}`;
  taken.add(anchor);
  return anchor;
}

type Parser = InstanceType<typeof MarkdownIt>;
type Token = ReturnType<Parser['parse']>[number];

/** Gives headings their anchors and collects what stands below each. */
function sectionsOf(tokens: readonly Token[]): Section[] {
  const sections: Section[] = [];
  const taken = new Set<string>();
  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') {
      const heading = plainText(tokens[i + 1]!);
      const id = anchorOf(heading, taken);
      token.attrSet('id', id);
      sections.push({ level: Number(token.tag.slice(1)), id, heading, text: '' });
    } else if (token.type === 'inline' || token.type === 'fence') {
      const section = sections.at(-1);
      if (section && tokens[i - 1]?.type !== 'heading_open') section.text += `${plainText(token)} `;
    }
  });
  return sections;
}

function plainText(token: Token): string {
  if (!token.children) return token.content;
  const isLeftOut = (type: string): boolean => ['html_inline', 'image', 'mathematics'].includes(type);
  const shown = token.children.filter(({ type }) => !isLeftOut(type));
  return shown.map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
}

/** Leads links and pictures to where they lie on the site; a link that leads nowhere keeps its words alone. */
function relink(tokens: readonly Token[], linkTo: (target: string) => string | undefined): void {
  let isDropped = false;
  for (const token of tokens) {
    if (token.children) relink(token.children, linkTo);
    if (token.type === 'link_open') {
      const target = linkTo(String(token.attrGet('href')));
      isDropped = target === undefined;
      if (target !== undefined) token.attrSet('href', target);
    } else if (token.type === 'image') {
      token.attrSet('src', linkTo(String(token.attrGet('src'))) ?? '');
      token.attrSet('loading', 'lazy');
    }
    if (isDropped && (token.type === 'link_open' || token.type === 'link_close')) token.tag = 'span';
  }
}

/** `$a$` within a line and `$$` blocks; a formula that KaTeX does not understand ends the build. */
function addMathematics(markdown: Parser): void {
  markdown.inline.ruler.after('escape', 'mathematics', (state, isSilent) => {
    const found = /^\$\$([^$]+)\$\$|^\$(?![\s\d(])([^$\n]+?)(?<!\s)\$(?!\d)/.exec(state.src.slice(state.pos));
    if (!found) return false;
    if (!isSilent) {
      const token = state.push('mathematics', 'math', 0);
      token.content = (found[1] ?? found[2])!;
      token.block = found[1] !== undefined;
    }
    state.pos += found[0].length;
    return true;
  });
  markdown.renderer.rules['mathematics'] = (tokens, i) =>
    katex.renderToString(tokens[i]!.content, { displayMode: tokens[i]!.block, throwOnError: true });
}

/** A wide table scrolls within itself, not the page. */
function wrapTables(markdown: Parser): void {
  markdown.renderer.rules['table_open'] = () => '<div class="table"><table>\n';
  markdown.renderer.rules['table_close'] = () => '</table></div>\n';
}

/** Short code, such as an option, and cells that hold a figure, with its interval or unit, are not broken into lines. */
function keepTogether(markdown: Parser): void {
  markdown.core.ruler.push('keep together', ({ tokens }) => {
    tokens.forEach((token, i) => {
      if (token.type === 'td_open' && isFigure(plainText(tokens[i + 1]!))) token.attrJoin('class', 'figure');
      for (const part of token.children ?? [])
        if (part.type === 'code_inline' && part.content.length <= 28) part.attrJoin('class', 'short');
    });
  });
}

const isFigure = (text: string): boolean => /^[-+±]?\d/.test(text) && text.length <= 26;
