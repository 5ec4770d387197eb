// Sessions of onnxruntime-node that write into the caller's memory and nowhere else. The binding fills
// outputs that are given to it, but then copies each of them into a new array for its answer: for a step
// that returns all of its state that is a second copy of the model every time. It converts outputs in
// their order and stops at the first that it cannot convert, after the run is done and everything is
// written; so a model gets one such output, an empty sequence, in front of its own. Should the binding
// learn to convert sequences, the runs below succeed and cost a copy, nothing else.
import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** Name of the output in front. */
export const fence = 'fence';
const fenceReached = 'Non tensor type is temporarily not supported';

/** `model` behind a model of nothing but the fence (`fenceBytes`), which makes them one. */
export function withFence(model: Uint8Array, head: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + model.length);
  whole.set(head);
  whole.set(model, head.length);
  return whole;
}

/** Runs a session whose model has the fence; the results are in the arrays of `results` afterwards. */
export async function runInto(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  results: Record<string, Tensor>,
): Promise<void> {
  try {
    await session.run(feeds, { ...results, [fence]: null });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith(fenceReached)) throw error;
  }
}
