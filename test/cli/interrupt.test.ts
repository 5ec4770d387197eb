import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { onInterrupt, quoted } from '../../src/cli/interrupt.js';

test.each(['plain/path-1.mp4', 'two words', "it's", '^([a-z]+)_', '$HOME `ls` "x" \\', ''])(
  'a shell reads %j as it was',
  (word) => expect(execFileSync('sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word),
);

test('the first signal aborts and says so, and the handlers go when the work ends', () => {
  const before = process.listenerCount('SIGINT');
  let said = 0;
  const { signal, end } = onInterrupt(() => said++);
  expect(signal.aborted).toBe(false);
  process.emit('SIGINT', 'SIGINT');
  expect([signal.aborted, said]).toEqual([true, 1]);
  end();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
