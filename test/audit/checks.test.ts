import { describe, expect, test } from 'vitest';
import { answerFindings } from '../../src/audit/answers.js';
import { levelOf, meanOver } from '../../src/audit/checks.js';
import { failing, parseFailOn, worstLevel, type AuditFinding } from '../../src/audit/finding.js';
import { headFacts } from '../../src/audit/headFacts.js';
import type { ClipMeasures } from '../../src/audit/measureClip.js';
import { tileCells } from '../../src/audit/tiles.js';
import { tileName } from '../../src/audit/shortcuts.js';
import { evaluationReport } from '../../src/evaluate/index.js';
import { occlusionGraph } from '../../src/model/occlusion.js';
import { inferenceGraph, initialise, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { openRuntime } from '../../src/runtime/index.js';
import { float32 } from '../../src/tensor.js';

const finding = (check: AuditFinding['check'], level: AuditFinding['level']): AuditFinding => ({
  ...{ check, level },
  words: '',
  figures: [],
});

describe('levels', () => {
  test('a difference passes above 0, is a fault below, and a warning around it or where it is a trifle', () => {
    expect(levelOf(meanOver([0.002, 0.003, 0.002], 1))).toBe('warning');
    expect(levelOf(meanOver([0.2, 0.3, 0.25, 0.2], 1))).toBe('pass');
    expect(levelOf(meanOver([-0.2, -0.3, -0.25], 1))).toBe('fault');
    expect(levelOf(meanOver([-0.2, 0.3, 0.1, -0.25], 1))).toBe('warning');
  });

  test('the worst level is that of any finding', () => {
    expect(worstLevel([])).toBe('pass');
    expect(worstLevel([finding('shortcut', 'note'), finding('not-learnt', 'warning')])).toBe('warning');
  });
});

test('a model as good as the mean pool of its features has learnt; one that always says the same has not', () => {
  const classes = ['left', 'right'];
  const measured = Array.from({ length: 40 }, (_, i) => ({ classIndex: i % 2 })) as ClipMeasures[];
  const findings = (answer: (i: number) => number) => {
    const scores = (k: number) => classes.map((_, i) => (i === k ? 0.9 : 0.1));
    const records = measured.map(({ classIndex }, i) => ({
      ...{ clip: String(i), label: classes[classIndex]!, durationSeconds: 1, frames: [], segments: [] },
      ...{ probabilities: scores(answer(i)), meanPool: scores(classIndex) },
    }));
    const clips = measured.map((clip, i) => ({ ...clip, predicted: answer(i) }));
    return answerFindings(evaluationReport(records, { classes }), clips, 1)[0]!;
  };
  expect(findings((i) => i % 2)).toMatchObject({ check: 'not-learnt', level: 'pass' });
  expect(findings(() => 0).level).toBe('fault');
});

describe('--fail-on', () => {
  const all = [
    finding('shortcut', 'fault'),
    finding('uniform-weights', 'warning'),
    finding('saturated-masks', 'note'),
    finding('not-learnt', 'pass'),
  ];
  const failed = (text: string) => failing(all, parseFailOn(text)).map(({ check }) => check);

  test('takes a level, checks, or both', () => {
    expect(failed('fault')).toEqual(['shortcut']);
    expect(failed('warning')).toEqual(['shortcut', 'uniform-weights']);
    expect(failed('uniform-weights,saturated-masks,not-learnt')).toEqual(['uniform-weights']);
    expect(failed('fault, uniform-weights')).toEqual(['shortcut', 'uniform-weights']);
  });

  test('refuses what is neither', () => {
    expect(() => parseFailOn('fault,nonsense')).toThrow(
      /--fail-on: fault, warning or checks: .* got nonsense/,
    );
  });
});

test('facts of a head: weights 1/2, 1/4, 1/4 lie 1/2 from uniform in units of 1/3', () => {
  const weights = float32([0.5, 0.25, 0.25, 0.5, 0.25, 0.25], [1, 2, 3]);
  const masks = float32([1, 0, 0, 0, 0.5, 0.5, 0.5, 0.5], [1, 2, 2, 2]);
  const facts = headFacts({ weights, masks });
  expect(facts.fromUniform).toBeCloseTo(3 * (0.5 - 1 / 3), 6);
  expect(facts.betweenSteps).toBe(0);
  expect(facts.maskArea).toBeCloseTo((0.25 + 0.5) / 2, 6);
  expect(facts.binary).toBeCloseTo(4 / 8, 6); // all four cells of the first frame
  expect(facts.maskPeak).toBeCloseTo((4 + 1) / 2, 6);
});

test('tiles part a grid of 6 x 5 into 16, and a grid of 2 x 2 into its cells', () => {
  const { rows, columns, cells } = tileCells({ height: 6, width: 5 });
  expect([rows, columns, cells.length]).toEqual([4, 4, 16]);
  expect(cells.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  expect(tileCells({ height: 2, width: 2 }).cells).toEqual([[0], [1], [2], [3]]);
  expect(tileName({ tile: 0, rows: 4, columns: 4 })).toBe('upper left corner');
  expect(tileName({ tile: 7, rows: 4, columns: 4 })).toBe('right edge (tile 4 of 4, row 2)');
});

test('nothing taken away is the answer itself; everything is the answer to the fill alone', async () => {
  const config = parseModelConfig({
    version: 1,
    classes: ['a', 'b', 'c'],
    frames: 3,
    transform: { size: { width: 8, height: 8 } },
    backbone: { kind: 'onnx', isFrozen: true },
    attention: { form: 'joint', hidden: 4, scoreWidth: 4, contextFrames: 3 },
    answer: 'averaged',
    grid: { channels: 5, height: 2, width: 2 },
  });
  const { graph, parameters } = inferenceGraph({ config, clips: 1 });
  const random = Random.from(3, 'features');
  const features = float32(
    Float32Array.from({ length: 60 }, () => random.uniform()),
    [1, 3, 5, 2, 2],
  );
  await using runtime = await openRuntime({ threads: 1 });
  await runtime.write(initialise(parameters, Random.from(4)));
  const plain = await runtime.compile(graph);
  const occlusion = await runtime.compile(occlusionGraph({ config, variants: 2 }).graph);
  const keep = new Float32Array(24).fill(1, 0, 12); // the first variant keeps all, the second nothing
  const { probabilities } = await occlusion.run({
    ...{ features, fill: float32([1, 2, 3, 4, 5]) },
    keep: float32(keep, [2, 3, 2, 2]),
  });
  const filled = float32(
    Float32Array.from({ length: 60 }, (_, i) => (Math.floor(i / 4) % 5) + 1),
    [1, 3, 5, 2, 2],
  );
  const rows = probabilities!.data as Float32Array;
  for (const [i, input] of [features, filled].entries()) {
    const answer = (await plain.run({ features: input })).probabilities!.data as Float32Array;
    answer.forEach((value, k) => expect(rows[i * 3 + k]).toBeCloseTo(value, 5));
  }
});
