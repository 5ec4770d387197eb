// Which view is shown: the one that the address names, else what there is to see: a training that runs, clips, or teaching where
// nothing is served.
import { computed } from '@preact/signals';
import { route, type View } from './route.js';
import { state } from './store.js';

/** Has the server nothing to show, or is there no server? */
export const isNothingServed = computed(
  () => state.value !== null && state.value.models.length === 0 && state.value.clips === 0,
);

/** The view. */
export const shownView = computed<View>(() => {
  const { view } = route.value;
  const isRunOnly = state.value?.clips === 0 && state.value.models.some(({ hasTraining }) => hasTraining);
  if (isRunOnly && (view === null || view === 'clips')) return 'training';
  return view ?? (isNothingServed.value ? 'teach' : 'clips');
});
