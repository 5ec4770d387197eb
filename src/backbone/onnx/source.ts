// An ONNX file while it is opened: its bytes and what its graph says, read when something first asks for them.
import { readFile, stat } from 'node:fs/promises';
import { missingError, WhereWhenError } from '../../errors.js';
import type { Program, Runtime } from '../../runtime/index.js';
import { placesInOnnx, type OnnxFrames } from '../geometry/fromOnnx.js';
import { readGraph, type OnnxGraph } from '../geometry/onnxNode.js';
import type { Value } from '../geometry/places.js';
import { tensorNames, withOutputs, type WantedOutput } from './edited.js';
import { wrong } from './refusal.js';

/** What its graph says. */
export interface OnnxFacts {
  graph: OnnxGraph;
  /** Where each value looks, in the order in which they are made. */
  places: Map<string, Value>;
}

/** A file, and the programs that are made of it. */
export class OnnxSource {
  #bytes?: Promise<Uint8Array>;
  #facts?: Promise<OnnxFacts>;

  constructor(
    readonly file: string,
    /** Its input; `isHalf` where that is of half precision. */
    readonly frames: OnnxFrames & { isHalf: boolean },
  ) {}

  bytes(): Promise<Uint8Array> {
    return (this.#bytes ??= readFile(this.file));
  }

  facts(): Promise<OnnxFacts> {
    return (this.#facts ??= this.bytes().then((bytes) => {
      const graph = readGraph(bytes, this.file);
      return { graph, places: placesInOnnx(graph, this.frames) };
    }));
  }

  async tensorNames(): Promise<Set<string>> {
    return tensorNames(await this.bytes(), this.file);
  }

  /** The file with `outputs` in place of its own, and the name of each of them in it. */
  async edited(outputs: readonly WantedOutput[]): Promise<{ model: Uint8Array; names: string[] }> {
    const { input, isHalf } = this.frames;
    const { file } = this;
    return withOutputs(await this.bytes(), { outputs, file, ...(isHalf && { halfInput: input }) });
  }
}

/** Throws `missing` unless `file` is one. */
export async function requireFile(file: string): Promise<void> {
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isFile()) return;
  const received = facts ? 'a folder' : 'nothing there';
  throw missingError(file, 'an ONNX file', received);
}

/** A program of the file, as it is or edited. Throws `format` for one that the engine refuses. */
export async function load(
  file: string,
  runtime: Runtime,
  model: Uint8Array | string = file,
): Promise<Program> {
  try {
    return await runtime.openModel(model);
  } catch (cause) {
    const received = cause instanceof WhereWhenError ? cause.received : (cause as Error).message;
    throw wrong(file, 'a network that ONNX Runtime can load', received, undefined, cause);
  }
}
