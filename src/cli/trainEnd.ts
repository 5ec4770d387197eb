// How a training ends, in words: what the model reached on held-out clips and how far that may be trusted, which classes it takes
// for each other, how clips were grouped, and what to do with it next.
import type { TrainSummary } from '../train/index.js';
import type { HeldFigures } from '../train/run/heldFigures.js';
import { interrupted, quoted } from './interrupt.js';
import { showSeconds } from './progress.js';
import type { Shell } from './shell.js';

/** What the command was asked. */
export interface TrainCommand {
  data: string;
  /** A list, where clips are named by one. */
  annotations?: string;
  /** The command that goes on with an interrupted run. */
  again: string;
}

/** Prints the end of a run; its exit code. */
export function conclude(shell: Shell, summary: TrainSummary, asked: TrainCommand): number {
  const { status, clips, epochs } = summary;
  const next = status === 'done' ? nextCommands(summary, asked) : [];
  shell.printJson({ ...summary, ...(next.length > 0 && { next }) });
  if (clips.broken + clips.leftOut > 0) {
    shell.say(`left out: ${clips.broken} broken clips, ${clips.leftOut} other files (named above)`);
  }
  if (status === 'interrupted') {
    shell.say(`interrupted in epoch ${epochs + 1}; go on with: ${asked.again}`);
    return interrupted;
  }
  for (const line of endLines(summary)) shell.print(line);
  if (next.length > 0) shell.print(['next:', ...next].join('\n  '));
  return 0;
}

/** What a finished run is told as, a line each. */
export function endLines(summary: TrainSummary): string[] {
  const { folder, best, clips, epochs, seconds, refit, meanPool, heldOut, leftOut } = summary;
  const held =
    clips.validation > 0 && best
      ? `held-out accuracy ${best.accuracy.toFixed(3)}${beside(meanPool?.accuracy)} on ${clips.validation} clips`
      : 'nothing held out';
  const anew = refit ? `, then trained anew on all ${refit.clips} clips` : '';
  const lines = [
    `${folder}: ${held}, best epoch ${best?.epoch} of ${epochs}${anew}, ${showSeconds(seconds)}`,
  ];
  if (heldOut) lines.push(...heldLines(heldOut));
  if (summary.grouping) lines.push(groupedLine(summary.grouping));
  if (leftOut)
    lines.push(
      `test side: accuracy ${leftOut.accuracy.toFixed(3)}${beside(leftOut.meanAccuracy)} on ${leftOut.clips} clips (\`evaluate\` says more)`,
    );
  return lines;
}

/** The figures of held-out clips, and the classes that they were confused in. */
function heldLines({
  accuracy,
  interval,
  drawn,
  groups,
  clips,
  chance,
  meanPool,
  confused,
}: HeldFigures): string[] {
  const of = drawn === 'groups' ? `${groups} groups of clips` : `${clips} clips`;
  const pool = meanPool ? `, mean pool ${wholePercent(meanPool.accuracy)} (${range(meanPool.interval)})` : '';
  const lines = [
    `other clips are named rightly ${wholePercent(accuracy)} of the time (${range(interval)} with 95 % confidence, by ${of})${pool}, by guessing ${wholePercent(chance)}`,
  ];
  if (confused.length === 0) return lines;
  const pairs = confused.map((one) => `"${one.truth}" for "${one.answer}" (${one.clips} of ${one.of} clips)`);
  return [...lines, `most often taken: ${pairs.join(', ')}`];
}

function groupedLine({ by, how, groups, clips }: NonNullable<TrainSummary['grouping']>): string {
  if (by === 'clips')
    return `grouped: not (${how}): if several clips show one person or recording, other ones will fare worse; --group REGEX says which do`;
  const other = by === 'told' ? '' : '; --group REGEX groups them otherwise';
  return `grouped: ${clips} clips in ${groups} groups, by ${how}, each on one side${other}`;
}

/** Three commands that go on from here, with the paths of this run. */
export function nextCommands(
  { folder, example }: Pick<TrainSummary, 'folder' | 'example'>,
  { data, annotations }: Pick<TrainCommand, 'data' | 'annotations'>,
): string[] {
  const [model, clips] = [quoted(folder), quoted(data)];
  const look =
    example === undefined
      ? []
      : [`wherewhen predict ${model} ${quoted(example)} --report ${quoted(`${folder}/clip.html`)}`];
  const last =
    annotations === undefined
      ? `wherewhen audit ${model} ${clips}`
      : `wherewhen export ${model} --web ${quoted(`${folder}/web`)}`;
  return [...look, `wherewhen serve ${model} --data ${clips} --open`, last];
}

/** The mean pool, which every head must justify itself against. */
function beside(accuracy: number | undefined): string {
  return accuracy === undefined ? '' : ` (mean pool ${accuracy.toFixed(3)})`;
}

function wholePercent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function range({ low, high }: HeldFigures['interval']): string {
  return `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %`;
}
