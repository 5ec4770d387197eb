// What the audit of the model found, each finding with the clips that show it.
import { useEffect } from 'preact/hooks';
import { words } from '../../../src/report/sentences.js';
import { addressOf, route } from '../route.js';
import { clips, model } from '../store.js';
import { findings, loadFindings } from './audit.js';
import { useSignal } from '@preact/signals';

/** The view of findings. */
export function FindingsView() {
  const fault = useSignal('');
  const key = model.value?.key ?? '';
  useEffect(() => {
    fault.value = '';
    if (key !== '') loadFindings(key).catch((error: Error) => (fault.value = error.message));
  }, [key]);
  return (
    <div class="findings">
      <h1>What the audit found in {model.value?.name}</h1>
      {fault.value !== '' && <p class="bad">{fault.value}</p>}
      <ol class="plain">
        {findings.value.map((finding, i) => (
          <li key={i} class="sheet">
            <p class={`chip ${finding.severity === 'fault' ? 'wrong' : ''}`}>{words(finding.kind)}</p>
            <p>{finding.text}</p>
            <ul class="clip-links">
              {(finding.clips ?? []).map((name) => (
                <ClipLink key={name} name={name} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </div>
  );
}

function ClipLink({ name }: { name: string }) {
  const at = clips.value.names.indexOf(name);
  return (
    <li>
      {at < 0 ? (
        name
      ) : (
        <a href={addressOf({ ...route.value, view: 'clips', clip: clips.value.ids[at]! })}>{name}</a>
      )}
    </li>
  );
}
