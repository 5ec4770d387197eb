// What the audit of the model found, from the worst to the best, each finding with a way to the clips that are worst at it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted, words } from '../../../src/report/sentences.js';
import { allClips, filter, shown } from '../browse/rows.js';
import { go } from '../route.js';
import { clips, model } from '../store.js';
import { audit, clipsFor, loadAudit, type Finding } from './audit.js';

const LEVELS = { fault: '✗ fault', warning: '! warning', note: 'note', pass: '✓ passed' } as const;

/** The view of findings. */
export function FindingsView() {
  const fault = useSignal('');
  const key = model.value?.key ?? '';
  useEffect(() => {
    fault.value = '';
    audit.value = null;
    if (key !== '') loadAudit(key).catch((error: Error) => (fault.value = error.message));
  }, [key]);
  const found = audit.value;
  return (
    <div class="findings">
      <h1>Is the explanation of {model.value?.name} true?</h1>
      {fault.value !== '' && <p class="bad">{fault.value}</p>}
      {found && (
        <p>
          {found.verdict.words} <span class="note">Looked at {counted(found.clips, 'clip')}.</span>
        </p>
      )}
      <ol class="plain" id="findings">
        {found?.findings.map((finding) => (
          <One key={finding.check} finding={finding} />
        ))}
      </ol>
    </div>
  );
}

function One({ finding: { check, level, words: text, figures } }: { finding: Finding }) {
  const open = (): void => {
    filter.value = { ...allClips, ...clipsFor(check) };
    const [first] = shown.value;
    go({ view: 'clips', clip: first?.id ?? null });
  };
  const kind = level === 'pass' ? 'right' : level === 'note' ? '' : 'wrong';
  return (
    <li class="sheet">
      <p class="finding-head">
        <span class={`chip ${kind}`}>{LEVELS[level]}</span>
        <strong>{words(check)}</strong>
      </p>
      <p>{text}</p>
      {figures.length > 0 && (
        <dl class="facts">
          {figures.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>{Number(value.toPrecision(3))}</dd>
            </>
          ))}
        </dl>
      )}
      {level !== 'pass' && clips.value.ids.length > 0 && (
        <button type="button" onClick={open}>
          Clips that are worst at it
        </button>
      )}
    </li>
  );
}
