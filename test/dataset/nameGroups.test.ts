import { describe, expect, it } from 'vitest';
import { canHoldOut, groupsOfNames, type NamedClip } from '../../src/dataset/nameGroups.js';

const people = ['anna', 'ben', 'cleo'];

/** Six clips of each class, named by the class and their number. */
function clips(nameOf: (label: string, i: number) => string, labels = ['walk', 'climb_stairs']): NamedClip[] {
  return labels.flatMap((label, classIndex) =>
    Array.from({ length: 6 }, (_, i) => ({ name: `${label}/${nameOf(label, i)}`, label, classIndex })),
  );
}

/** Person, or number, of clip `i`. */
const who = (i: number): string => people[i % 3]!;

describe('groups that names tell', () => {
  it('may be very many', () => {
    const many = Array.from({ length: 150_000 }, (_, i) => ({ classIndex: i % 3 }));
    const groups = many.map((_, i) => String(i));
    expect(canHoldOut(many, groups)).toBe(true);
  });

  it.each<[string, (label: string, i: number) => string, string, string[]]>([
    ['person before the class', (label, i) => `${who(i)}_${label}_${i}.mp4`, 'before the class', people],
    ['person after the class', (label, i) => `${label}-${who(i)}-${i}.mp4`, 'after the class', people],
    ['person alone', (_, i) => `${who(i)} ${i}.mp4`, 'have in common', people],
    [
      'a numbered person',
      (label, i) => `person0${i % 3}_${label}_d${i}.avi`,
      'person',
      ['person00', 'person01', 'person02'],
    ],
    ['NTU', (_, i) => `S001C00${i % 2}P00${i % 3}R00${i}A013.avi`, 'person', ['p000', 'p001', 'p002']],
    ['UTD', (_, i) => `a1_s${i % 3}_t${i}_color.avi`, 'subject', ['s0', 's1', 's2']],
    [
      'a camera beside a person',
      (label, i) => `cam${i % 2}-${who(i)}-${label}-${i}.mp4`,
      'before the class',
      people,
    ],
    ['cameras', (label, i) => `cam${i % 3}-${label}-${i}.mp4`, 'camera', ['cam0', 'cam1', 'cam2']],
    ['a source with a mark', (_, i) => `x_g0${i % 3}_c0${i}.avi`, 'source', ['g00', 'g01', 'g02']],
    [
      'two numbers, of which the last counts',
      (label, i) => `v_${label}_0${i % 3}_0${i}.avi`,
      'after the class',
      ['00', '01', '02'],
    ],
    ['the id of a video with times', (_, i) => `${who(i)}_00001${i}_00002${i}.mp4`, 'have in common', people],
  ])('%s', (_, nameOf, by, groups) => {
    const found = groupsOfNames(clips(nameOf));
    expect(found?.by).toContain(by);
    expect(found?.groups).toEqual([...groups, ...groups, ...groups, ...groups]);
  });

  it('a film before the class is one source, however it is written and numbered, and the class is the last that is named', () => {
    const names = [
      'Boom_Snap-Clap_clap_u_1',
      'boomsnapclap!_clap_f_2',
      'A_Beautiful_Mind_3_clap_u_1',
      'A_Beautiful_Mind_5_clap_u_0',
      'Pirates_clap_0',
      'Pirates_clap_1',
    ];
    const found = groupsOfNames(
      names.map((name) => ({ name: `clap/${name}.avi`, label: 'clap', classIndex: 0 })),
    );
    const films = ['boomsnapclap', 'abeautifulmind', 'pirates'];
    expect(found?.groups).toEqual(films.flatMap((film) => [film, film]));
  });

  it('a title that another one begins with is of the same series, and a short name is not', () => {
    const names = [
      'Iamlegend_run_1',
      'IamlegendII_run_4',
      'anna_run_1',
      'annabel_run_1',
      'anna_run_2',
      'annabel_run_2',
    ];
    const found = groupsOfNames(
      names.map((name) => ({ name: `run/${name}.avi`, label: 'run', classIndex: 0 })),
    );
    expect(found?.groups).toEqual(['iamlegend', 'iamlegend', 'anna', 'annabel', 'anna', 'annabel']);
  });

  it('a clip that the rule cannot read is a group of its own, where nine of ten others can be read', () => {
    const some = clips((label, i) => `${who(i)}_${label}_${i}.mp4`);
    const found = groupsOfNames([...some, { name: 'walk/7.mp4', label: 'walk', classIndex: 0 }]);
    expect(found?.groups.at(-1)).toBe('walk/7.mp4');
    const more = [7, 8].map((i) => ({ name: `walk/${i}.mp4`, label: 'walk', classIndex: 0 }));
    expect(groupsOfNames([...some, ...more])).toBeUndefined();
  });

  it.each<[string, (label: string, i: number) => string]>([
    ['numbers of clips', (_, i) => `00${i}.mp4`],
    ['numbers of a camera roll', (_, i) => `IMG_${1000 + i}.MOV`],
    ['the class and a number', (label, i) => `${label}${i}.mp4`],
    ['numbered takes', (label, i) => `${label}_rep${i}.mp4`],
    ['a word in front of all', (label, i) => `v_${label}_${i}.mp4`],
    ['a name of its own for each', (label, i) => `${'abcdef'[i]!}x${label}.mp4`],
    ['two persons, of whom none can be held out', (label, i) => `${people[i % 2]!}_${label}_${i}.mp4`],
    ['a person a class', (label, i) => `${label === 'walk' ? 'anna' : 'ben'}_${i}.mp4`],
  ])('tell nothing: %s', (_, nameOf) => {
    expect(groupsOfNames(clips(nameOf))).toBeUndefined();
  });

  it('of no clip, and of names without letters, tell nothing', () => {
    expect(groupsOfNames([])).toBeUndefined();
    expect(groupsOfNames(clips(() => '---.mp4', ['_', '+']))).toBeUndefined();
  });
});
