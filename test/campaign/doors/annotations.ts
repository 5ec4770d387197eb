// Annotations of every format, detections among them: each seed of the fuzzer of annotations with changes.
import { attempt, mutated, seedsOf } from '../../fuzz/annotationCase.js';
import { mutatedJson } from '../mutate.js';
import type { OpenDoor } from '../door.js';
import type { Random } from '../../../src/random.js';

const KINDS = ['number', 'number', 'number', 'word', 'cut', 'repeat', 'put', 'swap', 'end'];
const TEXTS = [
  ...['1e999', '-1e999', '-3', 'NaN', 'null', '""', '[]', '{}', '[[]]', '0', '1e-300', '9007199254740993'],
  ...[
    '__proto__',
    'constructor',
    '\u0000',
    '\uFFFD',
    '\uD800',
    '"',
    '<',
    '>',
    ';',
    ',',
    '\t',
    '\n',
    '\r',
    '=',
  ],
  ...['%', '&amp;', '&#x110000;', 'e\u0301', '<x/>', '-->', '1:2:3', '', ' '],
];

/** Texts by what stands where in them; JSON, half the time, by its places. */
export const openAnnotations: OpenDoor = async (folder) => {
  const seeds = await seedsOf(folder);
  return {
    attempt: (random) => {
      const seed = random.pick(seeds);
      const isGuessed = random.uniform() < 0.5;
      return attempt(folder, seed, changedText(random, seed.text), isGuessed);
    },
  };
};

function changedText(random: Random, text: string): string {
  if (/^\s*[[{]/.test(text) && random.uniform() < 0.5) {
    try {
      return mutatedJson(random, JSON.parse(text));
    } catch {
      // text that only looks like JSON is changed as text
    }
  }
  let out = text;
  for (let n = random.integer(1, 4); n > 0; n--)
    out = mutated(out, {
      ...{ at: random.uniform(), kind: random.pick(KINDS) },
      ...{ length: random.integer(1, 61), text: random.pick(TEXTS) },
    });
  return out;
}
