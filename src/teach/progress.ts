// What a page is told of a training, from what `train` tells of it.
import type { TrainListener } from '../train/events.js';
import { chance } from '../metrics/trivial.js';
import type { TeachProgress } from './options.js';

/** A listener that tells `onProgress` of steps and epochs, with a guess and the mean pool beside each. */
export function progressOf(onProgress: (progress: TeachProgress) => void, classes: number): TrainListener {
  let meanPool: number | undefined;
  return (event) => {
    if (event.kind === 'note') onProgress({ kind: 'note', text: event.text });
    if (event.kind === 'step') {
      const { kind, epoch, epochs, step, steps, loss } = event;
      onProgress({ kind, epoch, epochs, step, steps, loss });
    }
    if (event.kind !== 'epoch') return;
    const { row, epochs } = event;
    if (row.epoch === 0 && row.validation) meanPool = row.validation.accuracy; // attention is uniform still
    const told = { kind: 'epoch', row, epochs, chance: chance(classes) } as const;
    onProgress({ ...told, ...(meanPool !== undefined && { meanPool }) });
  };
}
