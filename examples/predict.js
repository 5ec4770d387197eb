// What happens in clips, where and when.
//   node predict.js MODEL CLIP...
import { openModel, readClip, sentences } from 'wherewhen';

const [model, ...clips] = process.argv.slice(2);
const predictor = await openModel(model);
try {
  for (const path of clips) {
    const clip = await readClip(path, predictor.shape); // sampled and scaled as the model was trained
    const { result } = await predictor.predict(clip, path);
    console.log(path, ...sentences(result).map((line) => `\n  ${line}`));
  }
} finally {
  await predictor.close();
}
