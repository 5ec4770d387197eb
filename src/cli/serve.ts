// `wherewhen serve [MODEL...]`
import { spawn } from 'node:child_process';
import { Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { Precision } from '../savedModel/index.js';
import type { Served } from '../server/index.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { backboneOptions, offlineOption, type BackboneOptions } from './backboneOptions.js';
import { number, whole } from './options.js';
import { modelPrecisionOption } from './precisionOption.js';
import { serveQueueOption, type QueueOptions } from './queueOption.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions, ComputeOptions, QueueOptions, BackboneOptions {
  backbone?: string;
  offline?: boolean;
  data?: string;
  truth?: string;
  host: string;
  allowHost: string[];
  port: number;
  open?: boolean;
  cache?: string;
  uploadLimit: number;
  static?: string;
  backboneFile?: string;
  precision: Precision;
}

/** The command. */
export function serveCommand(wrap: Wrap): Command {
  const command = new Command('serve')
    .description(
      'Opens a page that is taught actions, and that shows clips with what, where and when: answers, labels, trainings as they run.',
    )
    .argument('[model...]', 'model folders, or folders of trainings that are running')
    .option('--data <folder>', 'clips: class folders, or a folder of clips')
    .option(
      '--truth <file>',
      'truth.json with boxes and times of these clips (default: the one in the folder)',
    )
    .option('--host <address>', 'where to listen; any other than this machine asks for a token', '127.0.0.1')
    .addOption(
      new Option(
        '--allow-host <name>',
        'answer under the name of a proxy too, and ask for a token; repeatable',
      )
        .argParser((name: string, before: string[]) => [...before, name])
        .default([], 'none'),
    )
    .addOption(new Option('--port <n>', '0 takes a free one').argParser(whole(0)).default(8470))
    .option('--open', 'open the page in the browser')
    .option(
      '--cache <folder>',
      "where answers, pictures and uploads are kept (default: in the user's cache folder)",
    )
    .addOption(
      new Option('--upload-limit <mb>', 'largest upload in megabytes').argParser(number(0)).default(512),
    )
    .option(
      '--static <place>',
      'write the page with all answers and end: a folder for any web server, or NAME.html, one file that opens from a disk',
    )
    .addOption(
      new Option('--backbone <name>', 'the network that the page "Teach" looks with, as `train` takes it'),
    )
    .option('--backbone-file <file>', 'where the frozen backbone of the models lies now')
    .addOption(modelPrecisionOption())
    .addOption(serveQueueOption())
    .addOption(offlineOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the address as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
  for (const option of backboneOptions()) command.addOption(option);
  return command;
}

async function run(shell: Shell, options: Options, models: string[]): Promise<number> {
  const { listen, openServed } = await import('../server/index.js');
  const isCopy = options.static !== undefined;
  const { data, truth, cache, backboneFile, precision } = options;
  const { queueAddress } = await import('../scale/index.js');
  const queue = options.queue === undefined ? undefined : queueAddress(options.queue);
  const backbone = await backboneOf(shell, options);
  const served = await openServed({
    ...{ models, data, truth, cache, queue, backbone },
    open: { ...computeOf(options), backboneFile, precision },
    uploadLimit: options.uploadLimit * 1e6,
    mode: isCopy ? 'static' : 'server',
    patience: isCopy ? undefined : 0.2,
    onNote: (text) => shell.say(text),
  });
  const sayLeftOut = (): void => {
    for (const { path, reason } of served.library.list().leftOut) shell.say(`left out: ${path} (${reason})`);
  };
  void served.library.ready.then(sayLeftOut, (error: unknown) => shell.fail(error));
  const stop = onInterrupt(() => shell.say('stopping'));
  try {
    if (options.static !== undefined)
      return await copyTo(options.static, served, { shell, signal: stop.signal });
    const server = await listen(served, {
      ...{ host: options.host, allowHosts: options.allowHost, port: options.port },
      onError: (error) => shell.fail(error),
    });
    shell.printJson({ url: server.url, port: server.port });
    shell.print(server.url);
    if (options.open) openBrowser(server.url, shell);
    if (!stop.signal.aborted)
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
    await server.close();
    return 0;
  } catch (error) {
    await served.close();
    throw error;
  } finally {
    stop.end();
  }
}

/** The network that is named to teach with: `WHEREWHEN_BACKBONE` names it as `--backbone` does; "small" is none, it is trained first. */
async function backboneOf(shell: Shell, options: Options): Promise<BackboneSettings | undefined> {
  const { namedBackbone, hubEnvironment } = await import('./fetchModel.js');
  const { backboneVariable } = await import('../backbone/usual.js');
  const name = options.backbone ?? hubEnvironment()[backboneVariable];
  return name && name !== 'small' ? namedBackbone(shell, name, options) : undefined;
}

/** A clip that could not be read or answered is named, and the copy ends with 1. */
async function copyTo(
  place: string,
  served: Served,
  { shell, signal }: { shell: Shell; signal: AbortSignal },
): Promise<number> {
  const { writeOneFile } = await import('../server/oneFile.js');
  const { writeStatic } = await import('../server/staticCopy.js');
  const isOneFile = /\.html?$/i.test(place);
  const progress = shell.progress('writing', 'clips');
  try {
    const onProgress = (done: number, total: number): void => progress.update(done, total);
    const copy = await (isOneFile ? writeOneFile : writeStatic)(place, served, { signal, onProgress });
    progress.stop();
    shell.printJson({ [isOneFile ? 'file' : 'folder']: place, ...copy });
    for (const text of copy.broken) shell.say(`left out: ${text}`);
    shell.print(
      `${place}: ${isOneFile ? '' : `${copy.files} files, `}${(copy.bytes / 1e6).toFixed(1)} MB; ${isOneFile ? 'open it in a browser, from any disk' : 'open it from any web server'}`,
    );
    return copy.broken.length > 0 ? 1 : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    shell.say('interrupted; the same command goes on where it can');
    return interrupted;
  } finally {
    progress.stop();
    await served.close();
  }
}

/** Asks the system to open the page; the address is printed anyway. */
function openBrowser(url: string, shell: Shell): void {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const child = spawn(command as string, args as string[], { stdio: 'ignore', detached: true });
  child.on('error', () => shell.say(`no browser was found: open ${url}`));
  child.unref();
}
