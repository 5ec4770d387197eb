// What stands on the documentation site, and in which order: groups of pages with their names in both languages.
// A page is a Markdown file of this repository; its Chinese twin, where there is one, lies in `docs/zh` under the same name.
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The languages of the site; English pages stand at its root, Chinese ones in `zh/`. */
export type Language = 'en' | 'zh';

/** A page by its English source, `/` between folders, relative to the repository. */
export interface Page {
  source: string;
  name: Record<Language, string>;
}

export interface Group {
  name: Record<Language, string>;
  pages: readonly Page[];
}

const page = (source: string, en: string, zh: string): Page => ({ source, name: { en, zh } });
const group = (en: string, zh: string, ...pages: Page[]): Group => ({ name: { en, zh }, pages });

export const groups: readonly Group[] = [
  group('Start', '开始', page('docs/README.md', 'Overview', '概览'), page('README.md', 'README', '自述文件')),
  group(
    'Tutorials',
    '教程',
    page('docs/tutorials/first-model.md', 'Your first model', '第一个模型'),
    page('docs/tutorials/who.md', 'Who does it', '谁在做'),
    page('docs/tutorials/laboratory.md', 'Behaviour in a laboratory', '实验室里的行为'),
    page('docs/tutorials/web-page.md', 'In a web page', '在网页里'),
    page('docs/tutorials/trust.md', 'Trust your explanation', '解释可信吗'),
    page('docs/tutorials/paper.md', 'The paper, equation by equation', '逐式读论文'),
  ),
  group(
    'Guides',
    '指南',
    page('docs/formats.md', 'Lists and annotations', '列表与标注'),
    page('docs/clips.md', 'How clips are read', '如何读取视频'),
    page('docs/backbones.md', 'Backbones and weights', '骨干网络与权重'),
    page('docs/viewer.md', 'The viewer', '查看器'),
    page('docs/teach.md', 'Teach', '教学'),
    page('docs/audit.md', 'The audit', '审查'),
    page('docs/evaluation.md', 'Evaluation and protocols', '评估与协议'),
  ),
  group(
    'Results',
    '结果',
    page('docs/results.md', 'All results', '全部结果'),
    page('docs/accuracy.md', 'Accuracy', '准确率'),
    page('docs/localisation.md', 'Where and when', '位置与时间'),
    page('docs/motion.md', 'Motion', '运动'),
    page('docs/questions.md', 'Questions about the paper', '论文读者的问题'),
    page('docs/ablation.md', 'Ablations', '消融实验'),
    page('docs/performance.md', 'Speed and memory', '速度与内存'),
    page('docs/reliability.md', 'Reliability', '可靠性'),
  ),
  group(
    'Project',
    '项目',
    page('FEATURES.md', 'Features', '功能一览'),
    page('docs/architecture.md', 'Architecture', '架构'),
    page('CHANGELOG.md', 'Changelog', '更新日志'),
    page('CONTRIBUTING.md', 'Contributing', '参与开发'),
  ),
];

/** All pages, in the order of the site. */
export const pages: readonly Page[] = groups.flatMap((group) => group.pages);

/** The Markdown file of a page in a language, or `undefined` where it was not translated. */
export function sourceOf({ source }: Page, language: Language, root: string): string | undefined {
  if (language === 'en') return existsSync(join(root, source)) ? source : undefined;
  const twin = posix.join('docs/zh', posix.relative('docs', source));
  return source.startsWith('docs/') && existsSync(join(root, twin)) ? twin : undefined;
}

/** Where a Markdown file lies on the site: `docs/zh/README.md` becomes `zh/index.html`, `FEATURES.md` `project/FEATURES.html`. */
export function outputOf(source: string): string {
  const place = source.startsWith('docs/') ? posix.relative('docs', source) : posix.join('project', source);
  return place
    .replace(/(^|\/)README\.md$/, (_, start: string) => `${start}index.html`)
    .replace(/\.md$/, '.html');
}
