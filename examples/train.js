// A model of your own from folders of clips, one folder a class, from scratch and in small: seconds, not accuracy.
//   node train.js CLIPS MODEL
import { train } from 'wherewhen';

const [data, out] = process.argv.slice(2);
const summary = await train({
  data,
  out,
  recipe: { frames: 6, epochs: 3, batch: 4, transform: { size: { width: 32, height: 24 } } },
  onEvent: (event) => {
    if (event.kind === 'epoch') console.log(`epoch ${event.row.epoch} of ${event.epochs}`);
    if (event.kind === 'note') console.log(event.text);
  },
});
console.log(
  `${summary.classes.join(', ')}: trained on ${summary.clips.training} clips, in ${summary.folder}`,
);
