// Clips on the left; on the right the clip that is open, or what the model says of all of them.
import { ClipView } from '../clip/clipView.js';
import { route } from '../route.js';
import { clips, state } from '../store.js';
import { ClipList } from './clipList.js';
import { Filters } from './filters.js';
import { Overview } from './overview.js';
import { ModelPicker } from './modelPicker.js';
import { Upload } from './upload.js';
import { texts } from '../words/index.js';

/** The view of clips. */
export function BrowseView() {
  if (clips.value.ids.length === 0) return <Nothing />;
  return (
    <div class="browse">
      <section class="side" aria-label={texts.value.frame.names.clips}>
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
      <h1>{texts.value.list.none}</h1>
      <p>
        {texts.value.list.startServer} <code>{`wherewhen serve ${hasModels ? 'MODEL' : ''} --data DIR`}</code>
      </p>
      <Upload />
    </section>
  );
}
