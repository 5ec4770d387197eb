// A page that answers clips by itself; none of them leaves it. `wherewhen export MODEL --web public/model` writes the model.
import ortMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { answerFile, openPageModel, sentences } from 'wherewhen/web';

const answer = document.querySelector('#answer');
const model = openPageModel('model', { files: { wasm: ortWasm, mjs: ortMjs } });

document.querySelector('#file').addEventListener('change', async ({ target }) => {
  answer.textContent = 'looking …';
  try {
    answer.textContent = sentences(await answerFile(await model, target.files[0])).join('\n');
  } catch (error) {
    answer.textContent = error.message;
  }
});
