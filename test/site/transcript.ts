// What a tutorial says that a reader will see: its shell blocks, each with the output printed below it, and the comparison of
// that output with what was really printed.

/** A block of shell lines, and what the page says that it prints. */
export interface Step {
  script: string;
  printed: string | undefined;
}

/** The shell blocks of a page that are to be run, in their order; one below a comment `not run` is left out. */
export function stepsOf(markdown: string): Step[] {
  const fence = /(<!-- not run[^>]*-->\s*)?^```(\w+)\n([\s\S]*?)^```\n?(\s*)/gm;
  const steps: (Step & { end: number })[] = [];
  for (const match of markdown.matchAll(fence)) {
    const [whole, isLeftOut, language, body] = match;
    const last = steps.at(-1);
    if (language === 'sh' && !isLeftOut) {
      steps.push({ script: body!.trimEnd(), printed: undefined, end: match.index + whole.length });
    } else if (language === 'text' && last?.end === match.index) last.printed = body!.trimEnd();
  }
  return steps.map(({ script, printed }) => ({ script, printed }));
}

/** Lines on which `actual` is not what `expected` says; empty where all agree. */
export function differences(expected: string, actual: string): string[] {
  const said = expected.split('\n');
  const seen = actual.trimEnd().split('\n');
  const found: string[] = [];
  let at = 0;
  said.forEach((line, i) => {
    if (line.trim() === '…') return;
    if (said[i - 1]?.trim() === '…') while (at < seen.length && !isAlike(line, seen[at]!)) at++;
    if (at >= seen.length || !isAlike(line, seen[at]!))
      found.push(`expected ${line}, got ${seen[at] ?? 'nothing'}`);
    at++;
  });
  if (at < seen.length && said.at(-1)!.trim() !== '…') found.push(`not expected: ${seen[at]}`);
  return found;
}

const number = /-?\d+(?:\.\d+)?/g;
const duration = /\b\d+(?:\.\d+)? (?:s|min|ms)\b/g;

function isAlike(expected: string, actual: string): boolean {
  if (expected.trimEnd().endsWith('…')) {
    const start = expected.trimEnd().slice(0, -1).trimEnd();
    const words = plain(start).split(' ').length;
    return isAlike(start, plain(actual).split(' ').slice(0, words).join(' '));
  }
  const [said, seen] = [plain(expected), plain(actual)];
  const [numbersSaid, numbersSeen] = [said.match(number) ?? [], seen.match(number) ?? []];
  return (
    said.replace(number, '#') === seen.replace(number, '#') &&
    numbersSaid.every((one, i) => isNear(Number(one), Number(numbersSeen[i])))
  );
}

/** One blank between words, and durations without their length. */
function plain(line: string): string {
  return line.trim().replace(duration, '# s').replace(/-{3,}/g, '---').replace(/\s+/g, ' ');
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(0.1, Math.max(Math.abs(a), Math.abs(b)) / 4);
}
