// `wherewhen evaluate MODEL DATA`, and with `--protocol` what protocol.ts does
import { Command, Option } from 'commander';
import { usageError, WhereWhenError } from '../errors.js';
import { attributeOption } from './annotationOptions.js';
import { cacheOption } from './backboneOptions.js';
import { modelPrecisionOption } from './precisionOption.js';
import { deviceOption, threadsOption } from './computeOptions.js';
import { evaluateClips, type ClipsOptions } from './evaluateClips.js';
import { looksOption } from './lookOptions.js';
import { localizeOption } from './localizeOption.js';
import { number, numbers } from './options.js';
import { partOptions, requireShared } from './partOptions.js';
import { asksForProtocol, runNamedProtocol, type ProtocolOptions } from './protocol.js';
import type { Shell } from './shell.js';
import { dataArgument, modelArgument } from './teachZip.js';
import type { Wrap } from './wrap.js';

type Options = ProtocolOptions & ClipsOptions;

/** The command. */
export function evaluateCommand(wrap: Wrap): Command {
  const command = new Command('evaluate')
    .description('Scores a model on labelled clips, each figure beside the answers that look at no picture.')
    .argument(
      '[model]',
      'model folder, the zip that a page saved, or a folder of several: one training by several seeds',
    )
    .argument('[data]', 'folder of class folders, of untrimmed videos, or the zip that a page saved')
    .option('--truth <file>', 'truth.json with boxes and times of these clips: scores where and when too')
    .option('--train-truth <file>', 'truth.json of the training clips: the constant box is fitted on it')
    .addOption(
      new Option(
        '--truth-rule <rule>',
        "true boxes that count for the box that knows no class: any of a frame's, or the first thing's",
      )
        .choices(['any', 'first'])
        .default('any'),
    )
    .option('--against <model>', 'another model: differences on the same clips, by a paired bootstrap')
    .option('--protocol <name>', 'thumos14, activitynet, ucf101, hmdb51, ucf101-24 or a script protocol')
    .option('--annotations <path>', "the set's own annotations, or a list of clips: a folder or a file")
    .option('--format <name>', 'of --annotations, where its looks do not tell (without --protocol)')
    .addOption(attributeOption())
    .option('--detections <file>', "detections of others to score: ActivityNet's JSON or THUMOS text")
    .option('--thresholds <list>', 'temporal IoU thresholds, as 0.3,0.5', numbers(0, 1))
    .addOption(new Option('--split <n>', 'one official split (default: all)').choices(['1', '2', '3']))
    .addOption(
      new Option('--subset <name>', 'side of temporal annotations').choices(['train', 'validation', 'test']),
    )
    .option('--backbone-file <file>', 'where the frozen backbone of the model lies now')
    .addOption(
      new Option(
        '--windows <seconds>',
        'look at untrimmed videos in half-overlapping windows of this length (thumos14, activitynet)',
      )
        .argParser(number(1e-3))
        .conflicts('cache'),
    )
    .addOption(modelPrecisionOption())
    .addOption(cacheOption())
    .addOption(localizeOption())
    .addOption(looksOption())
    .option('--out <file>', 'the report as JSON in a file (without --protocol)');
  for (const option of partOptions('the report')) command.addOption(option);
  return command
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the report as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, model?: string, data?: string): Promise<number> {
  requireShared(options, options);
  if (asksForProtocol(options) && options.out !== undefined) throw noFile();
  if (asksForProtocol(options)) return runNamedProtocol(shell, options, model, data);
  if (options.windows !== undefined) throw noWindows();
  if (model !== undefined && data !== undefined) {
    await using ofModel = await modelArgument(model);
    await using ofData = await dataArgument(data);
    return await evaluateClips(shell, options, ofModel.folder, ofData.folder);
  }
  throw usageError(
    'evaluate',
    'a model and a folder of clips',
    model === undefined ? 'neither' : 'a model only',
    'detections of others: --protocol NAME --detections FILE --annotations PATH',
  );
}

function noFile(): WhereWhenError {
  return usageError(
    '--out',
    'to stand without --protocol',
    'both',
    'a protocol prints its report: --json > FILE',
  );
}

function noWindows(): WhereWhenError {
  return usageError(
    '--windows',
    '--protocol thumos14 or activitynet beside it',
    'clips, each of which is sampled as one',
  );
}
