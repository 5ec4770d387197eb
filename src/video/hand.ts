// One worker behind the pool: a process that decodes, or a thread that encodes. A process may end at any moment; what
// arrives from it lies in buffers of its own, as what arrives from a thread does.
import type { ChildProcess } from 'node:child_process';
import { startProcess, startThread } from '../thread.js';
import type { WorkerReply, Order } from './messages.js';

/** Who works: decoding may crash, and a crash must not end the caller. */
export type HandKind = 'process' | 'thread';

/** What the pool needs of either. */
export interface Hand {
  /** Of the process; undefined for a thread. */
  pid: number | undefined;
  tell: (order: Order) => void;
  /** Whether it keeps the caller alive. */
  hold: (isHeld: boolean) => void;
  /** Ends it at once; resolves when it is gone. */
  end: () => Promise<void>;
}

/** Who hears of it. */
export interface HandListener {
  onAnswer: (answer: WorkerReply) => void;
  /** Called once, with the reason in words. */
  onEnd: (how: string) => void;
}

/** Starts a worker. */
export function startHand(kind: HandKind, listener: HandListener): Hand {
  return kind === 'process' ? decodingProcess(listener) : encodingThread(listener);
}

function encodingThread({ onAnswer, onEnd }: HandListener): Hand {
  const worker = startThread('./videoThread.js', import.meta.url);
  worker.unref();
  worker.on('message', onAnswer);
  worker.on('error', (error) => onEnd(error.message));
  worker.on('exit', () => onEnd('the thread ended'));
  return {
    pid: undefined,
    tell: (order) => worker.postMessage(order),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  };
}

function decodingProcess({ onAnswer, onEnd }: HandListener): Hand {
  const child = startProcess('./videoProcess.js', import.meta.url, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      onEnd(how);
      resolve();
    };
    child.once('error', (error) => end(error.message)); // it could not be started
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  hold(child, false);
  child.on('message', (answer: WorkerReply) => onAnswer(owned(answer)));
  return {
    pid: child.pid,
    tell: (order) => void (child.connected && child.send(order, () => undefined)), // one that ended says so by itself
    hold: (isHeld) => hold(child, isHeld),
    end: () => {
      child.ref(); // until it is gone
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function hold(child: ChildProcess, isHeld: boolean): void {
  if (isHeld) child.ref();
  else child.unref();
  if (isHeld) child.channel?.ref();
  else child.channel?.unref();
}

/** The arrays of a message share one buffer: it could not be handed on to another thread, and would be kept whole. */
function owned(answer: WorkerReply): WorkerReply {
  if ('item' in answer && answer.item)
    return { ...answer, item: { ...answer.item, data: answer.item.data.slice() } };
  if (!('done' in answer) || !answer.done) return answer;
  const { done } = answer;
  if (!('frames' in done)) return { ...answer, done: { ...done, times: done.times.slice() } };
  const survey = { ...done.survey, times: done.survey.times.slice() };
  return { ...answer, done: { ...done, frames: done.frames.slice(), survey } };
}
