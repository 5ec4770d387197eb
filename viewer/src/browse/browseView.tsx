// Clips on the left; on the right the clip that is open, or what the model says of all of them.
import { ClipView } from '../clip/clipView.js';
import { route } from '../route.js';
import { clips, state } from '../store.js';
import { ClipList } from './clipList.js';
import { Filters } from './filters.js';
import { Overview } from './overview.js';
import { ModelPicker } from './modelPicker.js';
import { Upload } from './upload.js';

/** The view of clips. */
export function BrowseView() {
  if (clips.value.ids.length === 0) return <Nothing />;
  return (
    <div class="browse">
      <section class="side" aria-label="Clips">
        <ModelPicker />
        <Filters />
        <ClipList />
        <Upload />
      </section>
      {route.value.clip === null ? <Overview /> : <ClipView key={route.value.clip} id={route.value.clip} />}
    </div>
  );
}

function Nothing() {
  const hasModels = (state.value?.models.length ?? 0) > 0;
  return (
    <section class="sheet empty">
      <h1>No clips are served</h1>
      <p>
        Start the server with a folder of clips:{' '}
        <code>wherewhen serve {hasModels ? 'MODEL' : ''} --data DIR</code>
      </p>
      <Upload />
    </section>
  );
}
