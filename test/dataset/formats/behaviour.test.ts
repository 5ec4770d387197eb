// What those who watch behaviour, track or tag moments keep, as their tools write it.
import { describe, expect, it } from 'vitest';
import { readAnnotations, type AnnotatedClip } from '../../../src/dataset/index.js';
import { fileOf, folderOf } from './folder.js';

const read = async (text: string | object, name: string) =>
  readAnnotations({ path: await fileOf(typeof text === 'string' ? text : JSON.stringify(text), name) });
const spans = ({ segments }: AnnotatedClip) =>
  segments.map(({ label, startSeconds, endSeconds, subject }) => [label, startSeconds, endSeconds, subject]);

describe('BORIS', () => {
  it('reads tabular events: starts and stops in turn, moments, subjects, a state without an end', async () => {
    const rows = [
      'obs1,mouse1,groom,START,0.5,a.mp4,10,25',
      'obs1,mouse2,groom,START,1,a.mp4,10,25',
      'obs1,mouse1,groom,STOP,2,a.mp4,10,25',
      'obs1,No focal subject,jump,POINT,3.25,a.mp4,10,25',
    ];
    const header =
      'Observation id,Subject,Behavior,Behavior type,Time,Media file name,Media duration (s),FPS';
    const { format, clips, notes } = await read([header, ...rows].join('\n'), 'events.csv');
    expect(format).toBe('boris');
    expect(spans(clips[0]!)).toEqual([
      ['groom', 0.5, 2, 'mouse1'],
      ['groom', 1, 10, 'mouse2'],
      ['jump', 3.25, 3.25, undefined],
    ]);
    expect(notes).toEqual([
      expect.stringMatching(/events.csv:3: groom starts at 1 s and never stops, kept to the end/),
    ]);
  });

  it('reads aggregated bouts, and old tables with lines about the observation above', async () => {
    const bouts =
      'Observation id,Subject,Behavior,Behavior type,Start (s),Stop (s),Media file name\no,m,rear,STATE,0.5,2,a.mp4\no,m,bite,POINT,1,NA,a.mp4\n';
    expect(spans((await read(bouts, 'bouts.csv')).clips[0]!)).toEqual([
      ['rear', 0.5, 2, 'm'],
      ['bite', 1, 1, 'm'],
    ]);
    const old =
      'Observation id\tx\nMedia file(s)\ta.mp4\n\nTime\tSubject\tBehavior\tStatus\n1\tm\trear\tSTART\n2\tm\trear\tSTOP\n';
    const { clips } = await read(old, 'old.tsv');
    expect(clips[0]!.clip).toBe('a.mp4');
    expect(spans(clips[0]!)).toEqual([['rear', 1, 2, 'm']]);
  });

  it('reads tables of media that play one after another: times count from the start of the first', async () => {
    const facts = 'player #1:a.mp4;b.mp4|player #2:side.mp4,4.000;3.000|7.000,25.000;30.000|25.000';
    const header = 'Observation id,Source,Media duration (s),FPS (frame/s),Subject,Behavior,Behavior type,';
    const wanted = [
      ['a.mp4', 4, 25, [['rear', 1, 4, 'm']]],
      [
        'b.mp4',
        3,
        30,
        [
          ['rear', 0, 1, 'm'],
          ['bite', 2, 2, undefined],
        ],
      ],
    ];
    const bouts = `${header}Start (s),Stop (s),Media file name\no,${facts},m,rear,STATE,1,5,a.mp4\no,${facts},,bite,POINT,6,6,b.mp4\n`;
    const events = `${header}Time,Media file name\no,${facts},m,rear,START,1,a.mp4\no,${facts},m,rear,STOP,5,b.mp4\no,${facts},,bite,POINT,6,b.mp4\n`;
    for (const text of [bouts, events]) {
      const { clips } = await read(text, 'events.csv');
      expect(clips.map((clip) => [clip.clip, clip.durationSeconds, clip.frameRate, spans(clip)])).toEqual(
        wanted,
      );
    }
  });

  it('leaves out what was watched live, and counts it', async () => {
    const header = 'Observation id,Source,Subject,Behavior,Behavior type,Start (s),Stop (s)';
    const lines = ['o,player #1:a.mp4,m,rear,State event,1,2', 'live,N/A,m,rear,State event,1,2'];
    const { clips, notes } = await read([header, ...lines].join('\n'), 'bouts.csv');
    expect(clips.map((clip) => [clip.clip, spans(clip)])).toEqual([['a.mp4', [['rear', 1, 2, 'm']]]]);
    expect(notes.join()).toContain('1 lines of observations of no media file are left out');
  });

  it('reads projects, with media that play one after another', async () => {
    const events = [
      [1, 'm', 'rear', '', ''],
      [5, 'm', 'rear', '', ''], // a bout over the change of files at 4 s
      [6, '', 'bite', '', ''],
    ];
    const file = { '1': ['a.mp4', 'b.mp4'], '2': [] };
    const media_info = { length: { 'a.mp4': 4, 'b.mp4': 3 }, fps: { 'a.mp4': 25 } };
    const conf = { '0': { code: 'rear', type: 'State event' }, '1': { code: 'bite', type: 'Point event' } };
    const { clips } = await read(
      { behaviors_conf: conf, observations: { o: { type: 'MEDIA', file, events, media_info } } },
      'p.boris',
    );
    expect(clips.map((clip) => [clip.clip, spans(clip)])).toEqual([
      ['a.mp4', [['rear', 1, 4, 'm']]],
      [
        'b.mp4',
        [
          ['rear', 0, 1, 'm'],
          ['bite', 2, 2, undefined],
        ],
      ],
    ]);
  });

  it('knows no length of a file whose name every object inherits', async () => {
    const events = [
      [1, 'm', 'rear', '', ''],
      [3, 'm', 'rear', '', ''],
    ];
    const file = { '1': ['constructor'] };
    const conf = { '0': { code: 'rear', type: 'State event' } };
    const { clips } = await read(
      { behaviors_conf: conf, observations: { o: { type: 'MEDIA', file, events } } },
      'p.boris',
    );
    expect(clips.map((clip) => [clip.clip, clip.durationSeconds])).toEqual([['constructor', undefined]]);
  });
});

describe('ELAN', () => {
  const slots = [
    ['1', ' TIME_VALUE="1000"'],
    ['2', ''],
    ['3', ' TIME_VALUE="2000"'],
  ];
  const order = slots.map(([id, value]) => `<TIME_SLOT TIME_SLOT_ID="ts${id}"${value}/>`).join('');
  const aligned = (id: string, from: number, to: number, text: string) =>
    `<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="${id}" TIME_SLOT_REF1="ts${from}" TIME_SLOT_REF2="ts${to}"><ANNOTATION_VALUE>${text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>`;
  const document = `<ANNOTATION_DOCUMENT><HEADER><MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/v/my%20run.mp4"/></HEADER>
<TIME_ORDER>${order}</TIME_ORDER>
<TIER TIER_ID="gesture" PARTICIPANT="Ann">${aligned('a1', 1, 2, 'wave')}${aligned('a2', 2, 3, '')}</TIER>
<TIER TIER_ID="hand"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1"><ANNOTATION_VALUE>left</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="empty"/></ANNOTATION_DOCUMENT>`;

  it('puts slots without a time between their neighbours, and annotations that refer where they refer to', async () => {
    const path = await fileOf(document, 'e.eaf');
    const { clips, notes } = await readAnnotations({ path });
    expect(clips[0]!.clip).toBe('C:/v/my run.mp4');
    expect(spans(clips[0]!)).toEqual([
      ['wave', 1, 1.5, 'Ann'],
      ['left', 1, 1.5, undefined],
      ['gesture', 1.5, 2, 'Ann'],
    ]);
    expect(notes).toEqual([
      expect.stringMatching(/the classes of 2 tiers are taken \(gesture, hand\); --attribute picks one/),
    ]);
    expect((await readAnnotations({ path, attribute: 'hand' })).classes).toEqual(['left']);
    await expect(readAnnotations({ path, attribute: 'foot' })).rejects.toThrow(
      /a tier of .*\(gesture, hand, empty\), got foot/,
    );
  });

  it('takes the video where a sound stands before it, from the moment at which the document begins', async () => {
    const media = (name: string, origin = '') => `<MEDIA_DESCRIPTOR MEDIA_URL="file:///v/${name}"${origin}/>`;
    const origin = ' TIME_ORIGIN="2500"';
    const header = [media('a.wav'), media('b.mp4', origin), media('c.mp4', origin), media('d.mp4')].join('');
    const changed = document.replace(/<MEDIA_DESCRIPTOR[^>]*>/, header);
    const { clips, notes } = await readAnnotations({ path: await fileOf(changed, 'e.eaf') });
    expect([clips[0]!.clip, clips[0]!.alsoNamed]).toEqual(['v/b.mp4', ['v/c.mp4']]);
    expect(spans(clips[0]!)[0]).toEqual(['wave', 3.5, 4, 'Ann']);
    expect(notes.join()).toContain('its times count from 2.5 s of the video');
    const frames = changed.replace('<HEADER>', '<HEADER TIME_UNITS="PAL-frames">');
    await expect(readAnnotations({ path: await fileOf(frames, 'e.eaf') })).rejects.toThrow(
      /HEADER > @TIME_UNITS: expected milliseconds/,
    );
  });
});

describe('subtitles', () => {
  it('take a cue’s text as its class, over lines, with settings and without hours', async () => {
    const text =
      'WEBVTT\n\nintro\n00:01.5 --> 00:02.250 align:start\n<v.loud Ann>run &amp;\nhide\n\n01:00:00.000 --> 01:00:00.001\n<i>end</i>';
    const { clips } = await read(text, 'a.en.vtt');
    expect(clips[0]).toMatchObject({ clip: 'a.en', alsoNamed: ['a'] });
    expect(spans(clips[0]!)).toEqual([
      ['run & hide', 1.5, 2.25, 'Ann'],
      ['end', 3600, 3600.001, undefined],
    ]);
  });
});

describe('MOT and YOLO', () => {
  it('name a sequence by its folder or its facts, leave out what is not to be counted, and name classes', async () => {
    const folder = await folderOf({
      'run1/gt/gt.txt': '1,7,10,20,5,6,1,2,0.5\n3,7,11,20,5,6,1,2,0.5\n1,8,0,0,5,5,0,1,1\n',
      'run1/gt/labels.txt': 'walker\nrunner\n',
      'run1/seqinfo.ini': '[Sequence]\nimWidth=64\nimHeight=48\nseqLength=9\nframeRate=30\n',
    });
    const { format, clips, notes } = await readAnnotations({ path: `${folder}/run1` });
    expect([format, clips[0]!.clip, clips[0]!.frames, clips[0]!.width]).toEqual(['mot', 'run1', 9, 64]);
    expect(clips[0]!.tracks).toEqual([
      {
        ...{ id: '7', label: 'runner' },
        boxes: [
          { frame: 0, timeSeconds: null, box: [10, 20, 15, 26] },
          { frame: 2, timeSeconds: null, box: [11, 20, 16, 26] },
        ],
      },
    ]);
    expect(notes).toEqual([expect.stringMatching(/1 boxes of confidence 0, .* left out/)]);
  });

  it('count a tracker’s frames from 1 where they are not padded, and know identity from confidence', async () => {
    const path = await folderOf({
      'labels/a_1.txt': '0 0.5 0.5 0.2 0.4 3\n1 0.5 0.5 0.2 0.4 0.9\n',
      'labels/a_10.txt': '0 0.5 0.5 0.2 0.4 0.75 3\n',
      'data.yaml': "path: x\nnames:\n  0: run\n  1: 'sit'\n",
    });
    const { format, clips, notes } = await readAnnotations({ path });
    expect([format, clips[0]!.clip]).toEqual(['yolo', 'a']);
    expect(
      clips[0]!.tracks.map(({ id, label, boxes }) => [id, label, boxes.map(({ frame }) => frame)]),
    ).toEqual([
      ['3', 'run', [0, 9]],
      ['sit', 'sit', [0]],
    ]);
    clips[0]!.tracks[0]!.boxes[0]!.box.forEach((edge, e) =>
      expect(edge).toBeCloseTo([0.4, 0.3, 0.6, 0.7][e]!, 9),
    );
    expect(notes).toEqual([expect.stringMatching(/count from 1 as trackers write them/)]);
  });
});

it('SoccerNet’s halves are clips of their own, by any of their names, and moments have a team', async () => {
  const annotations = [
    { gameTime: '1 - 00:12', label: 'Kick-off', position: '12000', team: 'away', visibility: 'visible' },
    { gameTime: '2 - 01:05', label: 'Goal', team: 'not applicable' },
  ];
  const { format, clips } = await read({ UrlLocal: 'game/', UrlYoutube: '', annotations }, 'Labels-v2.json');
  expect(format).toBe('soccernet');
  expect(clips.map((clip) => [clip.clip, clip.alsoNamed?.at(-1), spans(clip)])).toEqual([
    ['game/1_224p', 'game/1', [['Kick-off', 12, 12, 'away']]],
    ['game/2_224p', 'game/2', [['Goal', 65, 65, undefined]]],
  ]);
});

it('FiftyOne’s supports hold their first and last frame, from 1; several classes of a clip must be chosen', async () => {
  const sample = {
    filepath: '/data/a.mp4',
    tags: ['validation'],
    metadata: { frame_rate: 10, total_frame_count: 50, frame_width: 64, frame_height: 48 },
    mood: { _cls: 'Classification', label: 'calm' },
    what: { _cls: 'Classification', label: 'run' },
    events: { _cls: 'TemporalDetections', detections: [{ label: 'jump', support: [11, 20] }] },
    frames: {
      '3': {
        boxes: {
          _cls: 'Detections',
          detections: [{ label: 'cat', bounding_box: [0, 0.5, 0.5, 0.5], index: 4 }],
        },
      },
    },
  };
  await expect(read({ samples: [sample] }, 's.json')).rejects.toThrow(
    /one field that holds the class, got mood, what/,
  );
  const path = await fileOf(JSON.stringify({ samples: [sample] }), 's.json');
  const { clips } = await readAnnotations({ path, attribute: 'what' });
  expect(clips[0]).toMatchObject({ clip: '/data/a.mp4', subset: 'validation', labels: ['run', 'cat'] });
  const { clips: all } = await readAnnotations({ path, attribute: 'events' });
  expect(spans(all[0]!)).toEqual([['jump', 1, 2, undefined]]);
  expect(all[0]!.tracks[0]).toMatchObject({ id: '4', boxes: [{ frame: 2, box: [0, 0.5, 0.5, 1] }] });
});
