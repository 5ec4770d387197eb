// `wherewhen queue status|retry|drain --queue ADDRESS`
import { Argument, Command } from 'commander';
import type { QueueLink, QueueStatus } from '../scale/index.js';
import { showSeconds } from './progress.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions {
  queue: string;
}

/** The command. */
export function queueCommand(wrap: Wrap): Command {
  return new Command('queue')
    .description('Says how a queue stands; queues again what was set aside; takes out what waits.')
    .addArgument(new Argument('<what>').choices(['status', 'retry', 'drain']))
    .requiredOption(
      '--queue <address>',
      'redis://HOST:PORT of a Redis or Valkey; the password: $WHEREWHEN_QUEUE_PASSWORD',
    )
    .option('--json', 'the answer as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, { queue }: Options, what: 'status' | 'retry' | 'drain'): Promise<number> {
  const { openQueue, queueAddress } = await import('../scale/index.js');
  await using link = await openQueue(queueAddress(queue));
  await does[what](shell, link);
  return 0;
}

const does = {
  async status(shell: Shell, link: QueueLink): Promise<void> {
    const { queueStatus } = await import('../scale/index.js');
    const status = await queueStatus(link);
    shell.printJson(status);
    shell.print(told(link.shown, status));
  },
  async retry(shell: Shell, link: QueueLink): Promise<void> {
    const { retryQueue } = await import('../scale/index.js');
    const queued = await retryQueue(link);
    shell.printJson({ queued });
    shell.print(`${queued} clips are queued again`);
  },
  async drain(shell: Shell, link: QueueLink): Promise<void> {
    const { drainQueue } = await import('../scale/index.js');
    const removed = await drainQueue(link);
    shell.printJson({ removed });
    shell.print(`${removed} clips are taken out; those in hand are ended`);
  },
};

function told(shown: string, status: QueueStatus): string {
  const { waiting, toCome, active, delayed, failed, workers, rate, secondsLeft, setAside } = status;
  const left =
    secondsLeft === null
      ? 'nothing was done of late'
      : `${rate.toFixed(1)}/s, ${showSeconds(secondsLeft)} left`;
  const lines = [
    `${shown}: ${waiting} clips wait, ${toCome > 0 ? `${toCome} are to come, ` : ''}${active} in hand, ${delayed} to be tried again, ${failed} set aside; ${workers} workers, ${left}`,
    ...setAside.map(({ reason, tries }) => `  set aside after ${tries} tries: ${reason}`),
  ];
  return lines.join('\n');
}
