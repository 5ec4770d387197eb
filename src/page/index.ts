// What runs in a browser and both the report and the viewer draw.
export { ActorMarks, drawMarks } from './actorMarks.js';
export { classPlaces, isTold, toldActors, toldSegments } from './actors.js';
export { cividis, cividisCss, classColour, MARKS } from './colours.js';
export { boxAt, maskAt, type MaskStack, momentAt, unpackMasks } from './moments.js';
export { type PageClip, type PageTruth } from './pageData.js';
export { maskPixels, refine, strokeTruth } from './paint.js';
export {
  actorSentences,
  answerSentence,
  counted,
  percent,
  placeOf,
  placePath,
  seconds,
  sentences,
  words,
} from './sentences.js';
