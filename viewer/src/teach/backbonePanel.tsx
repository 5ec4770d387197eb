// The network that looks at frames: which it is, and where one comes from when there is none.
import { hasServer } from '../store.js';
import { texts } from '../words/index.js';
import { backbone, chooseBackbone, open, tell } from './backbone.js';
import { sampleBackbone, sampleFacts } from './sampleFiles.js';
import { hubBackbone, hubOffer } from './served.js';

/** The panel. */
export function BackbonePanel() {
  const t = texts.value.backbone;
  const now = backbone.value;
  return (
    <section class="sheet backbone" aria-labelledby="backbone-title" id="backbone">
      <h2 class="small" id="backbone-title">
        {t.title}
      </h2>
      {now.state === 'fetching' && (
        <p class="waiting">{t.fetching(megabytes(now.done), megabytes(now.total))}</p>
      )}
      {now.state === 'opening' && <p class="waiting">{t.opening}</p>}
      {now.state === 'failed' && (
        <p role="alert" class="bad" id="backbone-fault">
          {t.failed(now.reason)}
        </p>
      )}
      {now.state === 'ready' ? (
        <details>
          <summary id="backbone-name">{t.ready(now.learner.name)}</summary>
          <Ways />
        </details>
      ) : (
        (now.state === 'none' || now.state === 'failed') && <Missing />
      )}
    </section>
  );
}

/** What to bring. */
function Missing() {
  const t = texts.value.backbone;
  return (
    <>
      <p id="backbone-none">{t.none}</p>
      <p class="note">{t.bring}</p>
      <ul class="brings">
        <li>{t.bringFile}</li>
        <li>{t.bringServer}</li>
        {hubOffer.value && <li>{t.bringHub}</li>}
      </ul>
      <Ways />
    </>
  );
}

function Ways() {
  const t = texts.value.backbone;
  const offer = hubOffer.value;
  return (
    <div class="group ways">
      <label class="button">
        {t.file}
        <input
          type="file"
          id="backbone-files"
          class="unseen"
          multiple
          accept=".onnx,.json,.zip"
          onChange={({ currentTarget }) => void chooseBackbone([...(currentTarget.files ?? [])])}
        />
      </label>
      {hasServer.value && offer && (
        <button type="button" onClick={() => void open(() => hubBackbone(offer, tell))}>
          {t.hub(offer.megabytes ? String(offer.megabytes) : '')}
        </button>
      )}
      {sampleFacts.value && (
        <span>
          <button type="button" id="backbone-sample" onClick={() => void open(sampleBackbone)}>
            {t.sample}
          </button>
          <small class="note"> {t.sampleNote}</small>
        </span>
      )}
    </div>
  );
}

function megabytes(bytes: number): string {
  return bytes > 0 ? (bytes / 1e6).toFixed(1) : '';
}
