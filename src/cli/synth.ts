// `wherewhen synth OUT --clips N --seed S --actions A`
import { Command, Option } from 'commander';
import { interrupted, onInterrupt, quoted } from './interrupt.js';
import { whole } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions {
  clips: number;
  seed: number;
  actions: number;
}

/** The command. */
export function synthCommand(wrap: Wrap): Command {
  return new Command('synth')
    .description('Makes labelled clips of a small world in which what, where and when are known exactly.')
    .argument('<out>', 'folder to make: one folder a class, and truth.json')
    .addHelpText(
      'after',
      '\nClips with several actions lie together in OUT/clips, and OUT/labels.csv lists the classes of each:\n' +
        '  wherewhen train OUT --annotations OUT/labels.csv --out MODEL',
    )
    .addOption(
      new Option('--clips <n>', 'number of clips, at least 8: eight classes take turns')
        .argParser(whole(1))
        .default(400),
    )
    .addOption(new Option('--seed <n>', 'same seed, same pictures').argParser(whole(0)).default(0))
    .addOption(
      new Option('--actions <n>', 'actions a clip, each of another class, one after another: 1 to 4')
        .argParser(whole(1))
        .default(1),
    )
    .option('--json', 'what was made as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, { clips, seed, actions }: Options, out: string): Promise<number> {
  const { renderWorld } = await import('../dataset/index.js');
  const stop = onInterrupt(() => shell.say('stopping after this clip; once more to stop at once'));
  const progress = shell.progress('rendering', 'clips');
  try {
    const onProgress = (done: number, total: number) => progress.update(done, total);
    const world = await renderWorld(out, { clips, seed, actions, signal: stop.signal, onProgress });
    progress.stop();
    shell.printJson(world);
    const labels = world.labels === undefined ? '' : `; labels in ${world.labels}`;
    shell.print(
      `${out}: ${clips} clips of ${world.classes.length} classes, seed ${seed}${labels}; truth in ${world.truth}`,
    );
    return 0;
  } catch (error) {
    progress.stop();
    if (!stop.signal.aborted) throw error;
    const several = actions === 1 ? '' : ` --actions ${actions}`;
    shell.say(
      `interrupted; the same command starts anew: wherewhen synth ${quoted(out)} --clips ${clips} --seed ${seed}${several}`,
    );
    return interrupted;
  } finally {
    stop.end();
  }
}
