// Parts of the page "Teach" that need no browser.
import { expect, it } from 'vitest';
import { faultOf } from '../../viewer/src/teach/camera.js';
import { folderOf } from '../../viewer/src/teach/foundClips.js';
import { toI420 } from '../../viewer/src/teach/i420.js';
import { missingNeeds } from '../../viewer/src/teach/needs.js';
import { idOf } from '../../viewer/src/teach/takeFacts.js';

it('names what a browser lacks, and nothing where it has all', () => {
  const video = { prototype: { requestVideoFrameCallback: () => 0 } };
  const whole = {
    ...{ WebAssembly: {}, VideoDecoder: {}, indexedDB: {}, MediaRecorder: {}, HTMLVideoElement: video },
    ...{ Worker: {}, OffscreenCanvas: {} },
  };
  expect(missingNeeds(whole)).toEqual([]);
  expect(missingNeeds({ ...whole, VideoDecoder: undefined, HTMLVideoElement: { prototype: {} } })).toEqual([
    'webCodecs',
    'frameCallback',
  ]);
  expect(missingNeeds({})).toHaveLength(6);
});

it('tells why there is no camera by the name of the error', () => {
  const kindOf = (name: string): string => faultOf({ name, message: 'no' }).kind;
  expect(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SecurityError'].map(kindOf)).toEqual([
    ...['refused', 'none', 'taken', 'insecure'],
  ]);
  expect(faultOf({ name: 'OddError', message: 'a reason' })).toEqual({ kind: 'failed', reason: 'a reason' });
});

it('takes the action of a clip from the folder around it', () => {
  expect(['clips/wave/a.mp4', 'wave/a.mp4', 'a.mp4'].map(folderOf)).toEqual(['wave', 'wave', null]);
});

it('names a take in a saved file by its number, never by a path', () => {
  expect(idOf({ id: 'take-7', file: 'my/odd.name.MP4' })).toBe('take-7.mp4');
  expect(idOf({ id: 'take-8', file: 'no-ending' })).toBe('take-8.webm');
});

it('writes black, white and red as BT.601 in limited range says', () => {
  const picture = (r: number, g: number, b: number): Uint8ClampedArray =>
    Uint8ClampedArray.from({ length: 16 }, (_, i) => [r, g, b, 255][i % 4]!);
  const planes = (r: number, g: number, b: number): number[] => [
    ...toI420(picture(r, g, b), { width: 2, height: 2 }),
  ];
  expect(planes(0, 0, 0)).toEqual([16, 16, 16, 16, 128, 128]);
  expect(planes(255, 255, 255)).toEqual([235, 235, 235, 235, 128, 128]);
  expect(planes(255, 0, 0)).toEqual([81, 81, 81, 81, 90, 240]); // 16 + 65.481; 128 - 37.797; 128 + 112
});
