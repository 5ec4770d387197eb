import { describe, expect, it } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { ownValue } from '../../src/ownValue.js';

describe('names that every object inherits', () => {
  it('are no kinds of backbones', () => {
    for (const kind of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(() => createBackbone({ kind })).toThrow(
        expect.objectContaining({ code: 'format', path: 'backbone.kind' }),
      );
  });

  it('are no values of a record', () => {
    expect(ownValue({ a: 1 }, 'a')).toBe(1);
    expect(ownValue<unknown>({}, 'constructor')).toBeUndefined();
  });
});
