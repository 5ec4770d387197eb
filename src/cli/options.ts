// Readers of option values. What is wrong is said by commander on one line, with exit code 2.
import { InvalidArgumentError } from 'commander';

/** A whole number of at least `least`. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${least}`);
  };
}

/** Whole numbers of at least `least` with commas between. */
export function wholes(least: number): (text: string) => number[] {
  const one = whole(least);
  return (text) => text.split(',').map(one);
}

/** `group`, or a number of folds. */
export function foldRule(text: string): 'group' | number {
  if (text === 'group') return text;
  const folds = Number(text);
  if (Number.isSafeInteger(folds) && folds >= 2) return folds;
  throw new InvalidArgumentError('expected group, or a number of folds of at least 2');
}

/** A number in `least` .. `most`. */
export function number(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most) return value;
    const range = most === Infinity ? `of at least ${least}` : `in ${least} .. ${most}`;
    throw new InvalidArgumentError(`expected a number ${range}`);
  };
}

/** Numbers in `least` .. `most` with commas between. */
export function numbers(least: number, most: number): (text: string) => number[] {
  const one = number(least, most);
  return (text) => text.split(',').map(one);
}

/** A regular expression, with or without slashes around it. */
export function expression(text: string): RegExp {
  const [, body, flags] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  try {
    return new RegExp(body ?? text, flags);
  } catch (error) {
    throw new InvalidArgumentError(`expected a regular expression: ${(error as Error).message}`);
  }
}

/** `112` or `160x120`: width and height in pixels. */
export function pixels(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height ?? width) };
  if (size.width >= 2 && size.height >= 2) return size;
  throw new InvalidArgumentError('expected WIDTHxHEIGHT or one number, at least 2');
}

/** Collects `NAME=NUMBER` of an option that may stand several times. */
export function namedNumber(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, value] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || !Number.isFinite(Number(value))) {
    throw new InvalidArgumentError('expected NAME=NUMBER');
  }
  return { ...before, [name]: Number(value) };
}
