// The page in a real browser, over a real server: what it shows is read from its pixels and its elements.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResult, type Box, type Result } from '../../src/result.js';
import { openServed } from '../../src/server/index.js';
import { writeStatic } from '../../src/server/staticCopy.js';
import { hasBrowser, READ_BARS, watch } from './page.js';
import { plainServer } from './plainServer.js';
import { CLASSES, FRAMES, hasFfmpeg, HEIGHT, openStage, RATE, WIDTH, type Stage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  if (hasBrowser) stage = await openStage();
});

afterAll(() => stage?.close());

/** An answer whose box tells its frame: its left edge lies at twice the frame's number. */
function tellingResult(times: number[]): Result {
  const frames = times.map((timeSeconds, index) => ({
    ...{ index, timeSeconds, weight: 1 / times.length },
    box: [2 * index, 40, 2 * index + 60, 100] as [number, number, number, number],
  }));
  const duration = times.at(-1)! + 1 / RATE;
  return parseResult({
    version: 1,
    clip: 'bars.mp4',
    model: { id: 'made', attention: 'joint', backbone: 'small' },
    video: {
      width: WIDTH,
      height: HEIGHT,
      frames: times.length,
      durationSeconds: duration,
      frameRate: RATE,
      damagedFrames: 0,
      missingFrames: 0,
    },
    classes: [
      { label: 'slide', probability: 0.8 },
      { label: 'rest', probability: 0.2 },
    ],
    frames,
    segments: [{ label: 'slide', startSeconds: 0, endSeconds: duration, score: 1 }],
    curves: { labels: CLASSES, values: [times.map((t) => t), times.map(() => 1)] },
    warnings: [],
  });
}

/** Plays the open clip and reads on every shown frame: the number in the picture, the page's, the box's, the playhead's. */
async function readWhilePlaying(
  count: number,
  times: number[],
): Promise<Record<'video' | 'page' | 'box' | 'head', number>[]> {
  const text = `(async () => {
    const read = ${READ_BARS};
    const video = document.querySelector('video');
    const overlay = document.querySelector('#overlay');
    const seen = [];
    const box = () => {
      const brush = overlay.getContext('2d');
      const y = Math.round((70 / ${HEIGHT}) * overlay.height);
      const { data } = brush.getImageData(0, y, overlay.width, 1);
      for (let x = 0; x < overlay.width; x++) {
        if (data[4 * x + 3] > 200 && data[4 * x] > 200 && data[4 * x + 2] < 120) return ((x / overlay.width) * ${WIDTH}) / 2;
      }
      return -1;
    };
    video.muted = true;
    await video.play();
    await new Promise((resolve) => {
      const look = () => {
        seen.push({
          video: read(video, ${WIDTH}, ${HEIGHT}),
          page: Number(document.documentElement.dataset.frame),
          box: box(),
          head: new DOMMatrix(document.querySelector('.head').style.transform).e / document.querySelector('#timeline').clientWidth,
        });
        if (seen.length < ${count}) video.requestVideoFrameCallback(look);
        else resolve();
      };
      video.requestVideoFrameCallback(look);
    });
    video.pause();
    return seen;
  })()`;
  const seen = (await stage.page.evaluate(text)) as {
    video: number;
    page: number;
    box: number;
    head: number;
  }[];
  const duration = times.at(-1)! + 1 / RATE;
  return seen.map((one) => {
    const at = one.head * duration;
    const head = times.reduce(
      (best, time, i) => (Math.abs(time - at) < Math.abs(times[best]! - at) ? i : best),
      0,
    );
    return { ...one, head };
  });
}

// On a machine whose cores are all taken, a callback may come after the next picture: the whole reading is tried again.
async function expectExact(name: string, times: number[]): Promise<void> {
  await stage.page.route(`**/api/models/*/clips/${stage.ids[name]}.json`, (route) =>
    route.fulfill({ json: tellingResult(times) }),
  );
  await stage.openClip(name);
  await stage.page.evaluate("document.querySelector('#mask[aria-pressed=true]')?.click()");
  const seen = await readWhilePlaying(100, times);
  const wrong = seen.filter(
    ({ video, page: told, box, head }) => video !== told || Math.abs(box - video) > 1 || head !== video,
  );
  expect(new Set(seen.map(({ video }) => video)).size).toBeGreaterThan(40); // it played
  expect(wrong.length, JSON.stringify(wrong.slice(0, 5))).toBeLessThanOrEqual(seen.length / 100);
  await stage.page.unroute(`**/api/models/*/clips/${stage.ids[name]}.json`);
}

describe.skipIf(!hasBrowser)('the player', () => {
  it(
    'shows overlay and time line of the frame that the video shows, in 99 of 100 callbacks',
    { retry: 2 },
    async () => {
      await expectExact(
        'slide/bars.mp4',
        Array.from({ length: FRAMES }, (_, i) => i / RATE),
      );
    },
  );

  it('opens at its strongest frame, also where the answer is there before the clip is', async () => {
    const [name, strongest] = ['slide/bars.mp4', 30];
    const result = tellingResult(Array.from({ length: FRAMES }, (_, i) => i / RATE));
    result.frames.forEach((frame, i) => (frame.weight = i === strongest ? 0.5 : 0.5 / (FRAMES - 1)));
    const [answer, info] = [`models/*/clips/${stage.ids[name]}.json`, `${stage.ids[name]}/info.json`];
    await stage.page.route(`**/${answer}`, (route) => route.fulfill({ json: result }));
    await stage.page.route(`**/${info}`, (route) => setTimeout(() => void route.continue(), 700));
    await stage.page.goto('about:blank'); // a page of its own: the clip may be open
    await stage.openClip(name);
    expect(await stage.seconds()).toBeCloseTo(strongest / RATE, 4);
    for (const path of [answer, info]) await stage.page.unroute(`**/${path}`);
  });

  it.skipIf(!hasFfmpeg)('does so where the rate varies', { retry: 2 }, async () => {
    const times = Array.from({ length: FRAMES }, (_, n) =>
      n < 40 ? n / 25 : n < 70 ? 1.6 + (n - 40) / 10 : 4.6 + (n - 70) / 30,
    );
    await expectExact('slide/varying.mp4', times);
  });

  it.skipIf(!hasFfmpeg)('plays an AVI as a copy that the server makes once', { retry: 2 }, async () => {
    await expectExact(
      'slide/old.avi',
      Array.from({ length: FRAMES }, (_, i) => i / RATE),
    );
    expect(await stage.page.textContent('.facts')).toContain('shown as an H.264 copy');
  });

  it.skipIf(!hasFfmpeg)(
    'shows a turned clip upright, its overlay and its boxes where they belong',
    async () => {
      const { page, ids, openClip } = stage;
      const times = Array.from({ length: FRAMES }, (_, i) => i / RATE);
      const upright = tellingResult(times);
      const boxes = times.map((_, i): Box => [20, 2 * i, 120, 2 * i + 60]);
      const answer = {
        ...upright,
        video: { ...upright.video, width: HEIGHT, height: WIDTH },
        frames: upright.frames.map((frame, i) => ({ ...frame, box: boxes[i]! })),
        actors: upright.actors.map((actor) => ({ ...actor, boxes })),
      };
      const address = `**/api/models/*/clips/${ids['slide/turned.mp4']}.json`;
      await page.route(address, (route) => route.fulfill({ json: answer }));
      await openClip('slide/turned.mp4');
      expect(await page.textContent('.facts')).toMatch(/180 × 320, turned by 270°/);
      await page.evaluate("document.querySelector('#mask[aria-pressed=true]')?.click()");
      for (const frame of [3, 47, 96]) {
        await page.keyboard.press('Home');
        for (let i = 0; i < frame; i++) await page.keyboard.press('ArrowRight');
        await page.waitForFunction(() => !document.querySelector('video')!.seeking);
        // What lay at (x, y) lies at (y, 319 - x): the bars of the lower edge stand on the right, from below upwards.
        const seen = await page.evaluate(`(() => {
        const video = document.querySelector('video');
        const overlay = document.querySelector('#overlay');
        const [width, height] = [${HEIGHT}, ${WIDTH}];
        const brush = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
        brush.drawImage(video, 0, 0, width, height);
        let number = 0;
        for (let bar = 0; bar < 10; bar++)
          if (brush.getImageData(172, 319 - (16 * bar + 8), 1, 1).data[0] > 128) number += 1 << bar;
        const middle = Math.round((70 / width) * overlay.width);
        const { data } = overlay.getContext('2d').getImageData(middle, 0, 1, overlay.height);
        let top = 0;
        while (top < overlay.height && !(data[4 * top + 3] > 200 && data[4 * top] > 200)) top++;
        return { number, size: [video.videoWidth, video.videoHeight], box: (top / overlay.height) * height,
          shape: overlay.width / overlay.height };
      })()`);
        const { number, size, box, shape } = seen as {
          number: number;
          size: number[];
          box: number;
          shape: number;
        };
        expect([number, ...size]).toEqual([frame, HEIGHT, WIDTH]);
        expect(Math.abs(box - 2 * frame)).toBeLessThan(2); // the upper edge of this frame's box
        expect(shape).toBeCloseTo(HEIGHT / WIDTH, 1);
      }
      await page.unroute(address);
    },
  );

  it('steps by frames, scrubs, and jumps where the time line is clicked', async () => {
    await stage.openClip('slide/bars.mp4');
    const shown = async (): Promise<number> => {
      await stage.page.waitForFunction(() => !document.querySelector('video')!.seeking);
      return (await stage.page.evaluate(
        `(${READ_BARS})(document.querySelector('video'), ${WIDTH}, ${HEIGHT})`,
      )) as number;
    };
    await stage.page.keyboard.press('Home');
    for (let i = 0; i < 7; i++) await stage.page.keyboard.press('ArrowRight');
    expect(await shown()).toBe(7);
    const film = (await stage.page.locator('.film').boundingBox())!;
    await stage.page.mouse.move(film.x + 10, film.y + 10);
    await stage.page.mouse.down();
    await stage.page.mouse.move(film.x + film.width / 2, film.y + 10, { steps: 5 });
    await stage.page.mouse.up();
    expect(await stage.seconds()).toBeCloseTo(2, 1);
    expect(Math.abs((await shown()) - 50)).toBeLessThanOrEqual(1);
    const strip = (await stage.page.locator('.weights').boundingBox())!;
    await stage.page.mouse.click(strip.x + strip.width / 4, strip.y + strip.height / 2);
    expect(Math.abs((await shown()) - 25)).toBeLessThanOrEqual(1);
    expect(await stage.page.isVisible('.ghost-card')).toBe(true);
  });

  it('reads the classes of a dragged stretch, and asks the model about it alone', async () => {
    await stage.openClip('slide/bars.mp4');
    const strip = (await stage.page.locator('.weights').boundingBox())!;
    const y = strip.y + strip.height / 2;
    await stage.page.mouse.move(strip.x + strip.width * 0.25, y);
    await stage.page.mouse.down();
    await stage.page.mouse.move(strip.x + strip.width * 0.75, y, { steps: 4 });
    await stage.page.mouse.up();
    expect(await stage.page.textContent('#stretch-name')).toBe('From 1.0 s to 3.0 s alone');
    expect(await stage.page.locator('#stretch-bars li').count()).toBe(2);
    await stage.page.click('#look-again');
    await stage.page.waitForSelector('#again-bars li');
    expect(await stage.page.textContent('#stretch')).toContain('The model on 4 frames of this stretch.');
    await stage.page.keyboard.press('x');
    expect(await stage.page.locator('#stretch').count()).toBe(0);
  });

  it('sets two models side by side on one picture, and shows the steps of a recurrent one', async () => {
    await stage.openClip('slide/bars.mp4', '?model=one&beside=two');
    await stage.page.waitForSelector('#what-beside-bars li');
    expect(await stage.page.locator('.screens.two canvas:visible').count()).toBe(2);
    expect(await stage.page.locator('.weights:visible').count()).toBe(2); // a time line each
    expect(await stage.page.locator('#words-beside li').count()).toBeGreaterThan(0);
    expect(await stage.page.textContent('#agree')).toMatch(/^Both models say|^The models differ/);
    const brightness = await stage.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#beside-overlay')!;
      const { data } = canvas.getContext('2d')!.getImageData(5, 5, 1, 1);
      return data[3]!;
    });
    expect(brightness).toBe(255); // the picture itself is drawn below the second overlay
    await stage.openClip('slide/bars.mp4', '?model=two');
    expect(await stage.page.getAttribute('.matrix', 'aria-label')).toContain(
      'Weights of 4 steps over 4 frames',
    );
  });

  it('hatches what was not looked at on the time line', async () => {
    const { page, ids, openClip } = stage;
    const times = Array.from({ length: 75 }, (_, i) => i / RATE);
    const answer = tellingResult(times);
    const unseen = [{ startSeconds: 3, endSeconds: 4 }];
    const address = `**/api/models/*/clips/${ids['slide/bars.mp4']}.json`;
    const body = { ...answer, video: { ...answer.video, durationSeconds: 4 }, unseen };
    await page.route(address, (route) => route.fulfill({ json: body }));
    await openClip('slide/bars.mp4');
    await page.reload(); // an answer that the page had before would stay
    await page.waitForSelector('.weights ~ .not-looked-at');
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    const row = (await page.locator('.weights').boundingBox())!;
    const mark = (await page.locator('.weights ~ .not-looked-at').boundingBox())!;
    expect([mark.x - row.x, mark.width].map((x) => x / row.width)).toEqual([
      expect.closeTo(0.75, 2),
      expect.closeTo(0.25, 2),
    ]);
    expect(await page.locator('.lane .not-looked-at').getAttribute('title')).toBe(
      'Not looked at: 3.0 s to 4.0 s',
    );
    await page.mouse.click(mark.x + mark.width / 2, mark.y + 5);
    expect(await stage.seconds()).toBeCloseTo(3.5, 1);
    await page.unroute(address);
  });
});

describe.skipIf(!hasBrowser)('browsing', () => {
  it('predicts all clips by itself, counts a broken one, and opens clips from the confusion matrix', async () => {
    await stage.page.goto(`${stage.server.url}#/clips`);
    await stage.page.waitForSelector('.ask button'); // nothing is under way any more: the broken one is left
    expect(await stage.page.textContent('.ask')).toContain('1 clip could not be predicted');
    await stage.page.waitForSelector('.confusion button');
    await stage.page.waitForFunction(
      (count) => document.querySelector('.figure b')?.textContent === String(count),
      Object.keys(stage.ids).length - 1, // the broken one has no answer
    );
    await stage.page.locator('.confusion button').first().click();
    await stage.page.waitForSelector('#clip-title');
    expect(await stage.page.textContent('#count')).toMatch(/\d of \d clips/);
    await stage.page.click('#count button');
  });

  it('filters by name and outcome, and steps through what is listed by keyboard alone', async () => {
    await stage.page.goto(`${stage.server.url}#/clips`);
    await stage.page.fill('#search', 'rest/');
    expect(await stage.page.textContent('#count')).toContain(`2 of ${Object.keys(stage.ids).length} clips`);
    await stage.page.fill('#search', '');
    await stage.page.keyboard.press('Escape');
    await stage.page.selectOption('.filters select >> nth=1', 'name');
    await stage.openClip('rest/third.mp4');
    await stage.page.keyboard.press('j');
    await stage.page.waitForFunction(
      () => document.querySelector('#clip-title')?.textContent === 'slide/bars.mp4',
    );
    await stage.page.waitForSelector('#what-bars li');
    await stage.page.keyboard.press(' ');
    await stage.page.waitForFunction(() => Number(document.documentElement.dataset['seconds']) > 0.3);
    await stage.page.keyboard.press(' ');
    await stage.page.keyboard.press('m');
    expect(await stage.page.getAttribute('#mask', 'aria-pressed')).toMatch(/true|false/);
    await stage.page.keyboard.press('k');
    await stage.page.waitForFunction(
      () => document.querySelector('#clip-title')?.textContent === 'rest/third.mp4',
    );
  });

  it('opens the evidence clips of a finding of the audit', async () => {
    const evidenceClips = {
      measure: 'fall without the highlighted frames, less the fall without others',
      clips: [
        { name: 'slide/bars.mp4', value: -0.25 },
        { name: 'gone/away.mp4', value: 0.125 },
      ],
    };
    const words = 'Without them nothing changes.';
    const finding = { check: 'when-not-causal', level: 'warning', words, figures: [], evidenceClips };
    const report = {
      model: { id: 'of another day' },
      verdict: { level: 'warning', words: 'One check did not pass.' },
      ...{ clips: 2, findings: [finding] },
    };
    await writeFile(join(stage.folder, 'one', 'audit.json'), JSON.stringify(report));
    const row = { epoch: 1, steps: 4, learningRate: 1e-3, losses: { total: 1 }, isBest: true, seconds: 1 };
    await writeFile(join(stage.folder, 'two', 'log.jsonl'), `${JSON.stringify(row)}\n`);
    await stage.page.goto(`${stage.server.url}#/findings`);
    await stage.page.reload();
    await stage.page.waitForSelector('.evidence-clips li');
    expect(await stage.page.locator('.evidence-clips li').allTextContents()).toEqual([
      'slide/bars.mp4 -0.25',
      'gone/away.mp4 0.125',
    ]);
    expect(await stage.page.locator('.views a').count()).toBe(5); // all that there are, in the narrowest page
    await stage.page.setViewportSize({ width: 360, height: 900 });
    expect(await stage.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await stage.page.setViewportSize({ width: 1280, height: 900 });
    expect(await stage.page.locator('.evidence-clips a').count()).toBe(1);
    expect(await stage.page.textContent('.evidence-clips .note')).toContain(
      '1 clip of these is not served here',
    );
    expect(await stage.page.textContent('.findings .banner')).toContain('trained on since this audit');
    await stage.page.click('.evidence-clips a');
    await stage.page.waitForFunction(
      () => document.querySelector('#clip-title')?.textContent === 'slide/bars.mp4',
    );
  });

  it('says what is wrong with a broken clip', async () => {
    await stage.page.goto(`${stage.server.url}#/clips/${stage.ids['rest/broken.mp4']}`);
    await stage.page.waitForSelector('#clip-fault');
    expect(await stage.page.textContent('#clip-fault')).toContain('broken.mp4');
    const expected = /status of 422/; // Chromium names every failed request on the console
    stage.faults.splice(0, stage.faults.length, ...stage.faults.filter((fault) => !expected.test(fault)));
  });
});

describe.skipIf(!hasBrowser)('the page', () => {
  it('asked no other host for anything, and the console stayed silent, in all of the above', () => {
    expect(stage.faults).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a static copy', () => {
  it('plays from any web server, without ours: clips, answers and their figures', async () => {
    const out = join(stage.folder, 'static');
    const served = await openServed({
      models: [join(stage.folder, 'one')],
      data: join(stage.folder, 'data'),
      mode: 'static',
    });
    const copy = await writeStatic(out, served, { page: stage.built });
    await served.close();
    expect(copy.broken.map((text) => text.split(':')[0])).toEqual(['rest/broken.mp4']);
    const files = await plainServer(out);
    const page = await stage.context.newPage();
    const faults = watch(page, () => files.url);
    await page.goto(`${files.url}/some/where/#/clips/${stage.ids['slide/bars.mp4']}`);
    await page.waitForSelector('#what-bars li');
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.documentElement.dataset['frame'])).toBe('1');
    await page.goto(`${files.url}/some/where/#/clips`);
    await page.waitForSelector('.confusion button');
    expect(await page.locator('.ask').count()).toBe(0); // nobody computes
    expect(faults).toEqual([]);
    await page.close();
    await files.close();
  });
});
