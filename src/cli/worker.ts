// `wherewhen worker --queue ADDRESS`
import { Command, Option } from 'commander';
import { deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { onInterrupt } from './interrupt.js';
import { number, whole } from './options.js';
import { queueHandlers } from './queueHandlers.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions, ComputeOptions {
  queue: string;
  concurrency: number;
  stalled: number;
  untilEmpty?: boolean;
  metrics?: number;
  metricsHost: string;
}

/** The command. */
export function workerCommand(wrap: Wrap): Command {
  return new Command('worker')
    .description(
      'Takes clips and trainings from a queue and does what commands with `--queue` ask for, `serve` among them.',
    )
    .requiredOption(
      '--queue <address>',
      'redis://HOST:PORT of a Redis or Valkey; the password: $WHEREWHEN_QUEUE_PASSWORD',
    )
    .addOption(new Option('--concurrency <n>', 'clips at a time').argParser(whole(1)).default(1))
    .addOption(
      new Option(
        '--stalled <seconds>',
        'after which the clip of a worker that gives no sign of life goes to another',
      )
        .argParser(number(1))
        .default(30),
    )
    .option('--until-empty', 'end once nothing waits, as in a batch job')
    .addOption(
      new Option('--metrics <port>', 'figures for Prometheus at /metrics; 0 takes a free port').argParser(
        whole(0),
      ),
    )
    .option('--metrics-host <address>', 'where they are listened for; they need no token', '127.0.0.1')
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'what was done as JSON on standard output, events as JSON lines on standard error')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options): Promise<number> {
  const { openQueue, queueAddress, runWorker, WorkerCounts } = await import('../scale/index.js');
  await using link = await openQueue(queueAddress(options.queue));
  const { serveMetrics } = await import('./workerMetrics.js');
  const counts = new WorkerCounts();
  const { metrics: port, metricsHost: host } = options;
  await using served = port === undefined ? undefined : await serveMetrics({ host, port, counts, link });
  if (served) shell.report({ kind: 'metrics', url: served.url }, `figures at ${served.url}`);
  const stop = onInterrupt(() => shell.say('stopping after this clip; once more to stop at once'));
  shell.report({ kind: 'worker', queue: link.shown }, `working for ${link.shown}`);
  const startedAt = performance.now();
  try {
    const done = await runWorker(link, {
      handlers: queueHandlers(options),
      ...{ concurrency: options.concurrency, stalledSeconds: options.stalled },
      ...{ untilEmpty: options.untilEmpty, signal: stop.signal },
      onBegin: () => counts.begin(),
      onRest: (error) =>
        shell.say(`cannot write, and rests for half a minute: others take its clips: ${error.message}`),
      onClip: (tried) => {
        counts.end(tried);
        const { name, error, tries } = tried;
        if (error)
          shell.report(
            { kind: 'failed', name, tries, reason: error.message },
            `try ${tries}: ${error.message}`,
          );
        else shell.report({ kind: 'done', name }, shell.isJson ? undefined : name);
      },
    });
    shell.printJson({ done, seconds: (performance.now() - startedAt) / 1000 });
    shell.print(`${done} clips done`);
    return 0;
  } finally {
    stop.end();
  }
}
