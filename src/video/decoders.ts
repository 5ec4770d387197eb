// Chooses the decoder of a path. Each is loaded when it is first needed.
import { missingError } from '../errors.js';
import type { Decoder, DecoderOptions } from './decoder.js';
import type { DecoderName } from './types.js';
import { checkMedia } from './unreadable.js';

/** The decoder for `path`: pictures for a folder, else the one named, else the first that is installed. */
export async function decoderFor(path: string, name: DecoderName, options: DecoderOptions): Promise<Decoder> {
  if (checkMedia(path) === 'folder') {
    const { picturesDecoder } = await import('./pictures.js');
    return picturesDecoder(path, options);
  }
  const chosen = name === 'auto' ? await installedTool() : name;
  if (chosen === 'node-av') {
    const { nodeAvDecoder } = await import('./nodeAv.js');
    return nodeAvDecoder(path, options);
  }
  const { ffmpegDecoder } = await import('./ffmpeg.js');
  return ffmpegDecoder(path, options);
}

let installed: Promise<'node-av' | 'ffmpeg'> | undefined;

/** node-av where it loads, else `ffmpeg`, else one error that says how to get either. Asked once a thread. */
export function installedTool(): Promise<'node-av' | 'ffmpeg'> {
  installed ??= findTool();
  return installed;
}

async function findTool(): Promise<'node-av' | 'ffmpeg'> {
  try {
    await (await import('./nodeAv.js')).loadNodeAv();
    return 'node-av';
  } catch (cause) {
    if (await (await import('./ffmpeg.js')).hasFfmpeg()) return 'ffmpeg';
    throw missingError(
      'video',
      'node-av or an ffmpeg on PATH to read and write video',
      'neither',
      'npm install node-av@6.1.1, or install ffmpeg',
      cause,
    );
  }
}
