import { describe, expect, it } from 'vitest';
import { WhereWhenError } from '../../src/errors.js';
import { formNames, parseModelConfig } from '../../src/model/index.js';

const good = {
  version: 1,
  classes: ['run', 'jump'],
  frames: 16,
  transform: { size: { width: 112, height: 112 } },
  backbone: { kind: 'small', widths: [8] },
  attention: { form: 'joint' },
  grid: { channels: 64, height: 14, width: 14 },
};

describe('config.json', () => {
  it('is completed with defaults and keeps the settings of the backbone', () => {
    const config = parseModelConfig(good);
    expect(config.attention).toEqual({ form: 'joint', hidden: 512, scoreWidth: 256, contextFrames: 3 });
    expect(config.transform.mean).toEqual([0.485, 0.456, 0.406]);
    expect(config.backbone).toEqual(good.backbone);
    expect(parseModelConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each(formNames)('takes the form %s with its defaults', (form) => {
    expect(parseModelConfig({ ...good, attention: { form } }).attention.form).toBe(form);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown form', { attention: { form: 'mystery' } }, /^config\.json: attention\.form: /],
    [
      'an even context',
      { attention: { form: 'joint', contextFrames: 2 } },
      /attention\.contextFrames: .*odd.*got 2/,
    ],
    [
      'a setting of another form',
      { attention: { form: 'joint', maskChannels: [1, 2] } },
      /attention: .*maskChannels/,
    ],
    ['a class twice', { classes: ['a', 'a'] }, /classes: expected every class once/],
    ['no frames', { frames: 0 }, /frames: .*got 0/],
    [
      'a deviation of 0',
      { transform: { ...good.transform, std: [1, 0, 1] } },
      /transform\.std: expected positive/,
    ],
    ['another version', { version: 2 }, /version: /],
    ['a missing grid', { grid: undefined }, /grid: /],
  ])('refuses %s and says where', (_, change, message) => {
    expect(() => parseModelConfig({ ...good, ...change })).toThrow(message);
    expect(() => parseModelConfig({ ...good, ...change })).toThrow(WhereWhenError);
  });

  it('names the other places that are wrong too', () => {
    expect(() => parseModelConfig({ ...good, frames: 0, classes: 3 })).toThrow(/also wrong: /);
  });
});
