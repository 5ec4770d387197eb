// Good files that the fuzzer starts from, beside those that the writers make.
import type { WrittenClip } from '../../src/dataset/formats/index.js';

/** Clips for the writers: stretches that overlap, a moment, subjects, two tracks. */
export const seedClips: WrittenClip[] = [
  {
    ...{ clip: 'a b.mp4', labels: ['run', 'Größe'], boxUnit: 'pixels' },
    ...{ frames: 100, frameRate: 25, durationSeconds: 4, width: 64, height: 48 },
    segments: [
      { label: 'run', startSeconds: 0.25, endSeconds: 2, subject: 'm1' },
      { label: 'run', startSeconds: 1, endSeconds: 3 },
      { label: 'Größe', startSeconds: 3.5, endSeconds: 3.5, subject: 'm2' },
    ],
    tracks: [
      {
        id: '1',
        label: 'run',
        boxes: [
          { frame: 0, timeSeconds: 0, box: [1, 2, 10, 12] },
          { frame: 12, timeSeconds: 0.48, box: [4, 2, 14, 12] },
        ],
      },
      { id: '2', label: 'Größe', boxes: [{ frame: 12, timeSeconds: 0.48, box: [20, 20, 64, 48] }] },
    ],
  },
];

const json = JSON.stringify;

/** Texts of formats that have no writer, or another look than what the writers make. */
export const SEED_TEXTS: readonly {
  format: string;
  name: string;
  text: string;
  place?: string;
  beside?: Readonly<Record<string, string>>;
}[] = [
  {
    format: 'csv',
    name: 'list.csv',
    text: 'clip,label,group,subset,start,end\na.mp4,run,g,train,0,1.5\n"b, c.mp4",jump,h,test,,\n',
  },
  { format: 'csv', name: 'list.tsv', text: 'Video\tClass\tStart (s)\tStop (s)\na.mp4\trun\t0,5\t1,5\n' },
  {
    format: 'json',
    name: 'list.json',
    text: json([
      { clip: 'a', label: 'x', subset: 'val', start: 0, end: 2 },
      { video: 'b', class: 3 },
    ]),
  },
  { format: 'paths', name: 'train.txt', text: 'x/a.mp4 0\nx/b c.mp4 1\nframes/d 84 2 1\n' },
  {
    format: 'kinetics',
    name: 'kinetics.csv',
    text: 'label,youtube_id,time_start,time_end,split\nrun,abc,7,17,train\n',
  },
  {
    format: 'kinetics',
    name: 'kinetics.json',
    text: json({
      abc: { annotations: { label: 'run', segment: [7, 17] }, duration: 10, subset: 'val', url: 'u' },
    }),
  },
  { format: 'moments', name: 'trainingSet.csv', text: 'run/a.mp4,run,3,0\njump/b.mp4,jump,3,0\n' },
  { format: 'multisports', name: 'multisports_val.csv', text: 'football/v_a,26,0.1,0.2,0.5,0.6,3,1\n' },
  {
    format: 'activitynet',
    name: 'anet_val.json',
    text: json({ a: { duration_second: 9, fps: 25, annotations: [{ segment: [0.3, 2.6], label: 'x' }] } }),
  },
  {
    format: 'boxes',
    name: 'boxes.json',
    text: json({
      'Dive/v_Dive_g01_c01': {
        numf: 9,
        class: 'Dive',
        tubes: [{ sf: 3, ef: 4, boxes_xywh: [[1, 2, 3, 4]] }],
      },
    }),
  },
  {
    format: 'boris',
    name: 'events.csv',
    text: 'Observation id,Subject,Behavior,Behavior type,Time,Media file name,Media duration (s),FPS\no,m,rear,START,0.5,a.mp4,10,25\no,m,rear,STOP,2,a.mp4,10,25\no,m,bite,POINT,3,a.mp4,10,25\n',
  },
  {
    format: 'label-studio',
    name: 'min.json',
    text: json([
      {
        id: 1,
        annotator: 1,
        annotation_id: 1,
        lead_time: 2,
        video: '/data/upload/1/3d3ad63e-a.mp4',
        choice: 'run',
        when: [{ start: 0, end: 2, labels: ['x'] }],
      },
    ]),
  },
  {
    format: 'via',
    name: 'check.json',
    text: json({
      attribute: { '1': { aname: 'a', type: 2, options: { '0': 'x', '1': 'y' } } },
      file: { '1': { fname: 'a.mp4' } },
      view: { '1': { fid_list: [1] } },
      metadata: {
        m: { vid: '1', z: [1, 2], xy: [], av: { '1': '0,1' } },
        n: { vid: '1', z: [], xy: [], av: { '1': '1' } },
      },
    }),
  },
  {
    format: 'coco',
    name: 'flat.json',
    text: json({
      images: [
        { id: 1, file_name: 'a_frame_000001.png' },
        { id: 2, file_name: 'b_mp4-7_jpg.rf.0a.jpg' },
      ],
      categories: [{ id: 1, name: 'x' }],
      annotations: [
        { image_id: 1, category_id: 1, segmentation: [[1, 2, 3, 4, 5, 6]] },
        { image_id: 2, category_id: 1 },
      ],
    }),
  },
  {
    format: 'cvat',
    name: 'project.xml',
    text: '<annotations><meta><project><tasks><task><id>1</id><size>5</size><source>a.mp4</source></task><task><id>2</id><size>5</size><source>b.mp4</source></task></tasks></project></meta><track id="0" label="x" task_id="1"><polygon frame="0" outside="0" points="1,2;3,4;5,6"/><skeleton frame="2"><points outside="0" points="5,6"/></skeleton></track><track id="1" label="y" task_id="2"><box frame="1" outside="0" xtl="1" ytl="2" xbr="3" ybr="4" rotation="30"/></track></annotations>',
  },
  {
    ...{ format: 'yolo', place: 'yolo', name: 'yolo/labels/a_000012.txt' },
    text: '0 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4 0.9 3\n0 0.1 0.1 0.5 0.1 0.5 0.9\n',
    beside: { 'yolo/data.yaml': 'names:\n  0: run\n  1: jump\n' },
  },
  {
    ...{ format: 'mot', place: 'mot', name: 'mot/gt/gt.txt' },
    text: '1,1,2,3,4,5,1,1,0.9\n2,1,2,3,4,5,1,1,0.9\n2,-1,12,3,4,5,0,2,0.9\n',
    beside: { 'mot/seqinfo.ini': '[Sequence]\nname=a\nframeRate=25\nimWidth=64\nimHeight=48\n' },
  },
  {
    ...{ format: 'ucf101', place: 'ucf', name: 'ucf/trainlist01.txt' },
    text: 'Run/v_Run_g01_c01.avi 1\nJump/v_Jump_g02_c01.avi 2\n',
    beside: { 'ucf/classInd.txt': '1 Run\n2 Jump\n', 'ucf/testlist01.txt': 'Run/v_Run_g03_c01.avi\n' },
  },
  {
    ...{ format: 'hmdb51', place: 'hmdb', name: 'hmdb/run_test_split1.txt' },
    text: 'a (1).avi 1\nb_2.avi 2\nc.avi 0\n',
  },
  {
    ...{ format: 'thumos14', place: 'thumos', name: 'thumos/Run_test.txt' },
    text: 'video_test_0000004  0.2 1.1\nvideo_test_0000006  10.0 12.5\n',
    beside: { 'thumos/Ambiguous_test.txt': 'video_test_0000004  3.0 4.0\n' },
  },
  {
    ...{ format: 'fiftyone', place: 'fo', name: 'fo/frames.json' },
    text: json({
      frames: [
        {
          ...{ _sample_id: { $oid: '5f' }, frame_number: 2 },
          found: { _cls: 'Detections', detections: [{ label: 'run', bounding_box: [0.1, 0.1, 0.5, 0.5] }] },
        },
      ],
    }),
    beside: { 'fo/samples.json': json({ samples: [{ _id: { $oid: '5f' }, filepath: 'a.mp4' }] }) },
  },
  {
    format: 'detections',
    name: 'found.json',
    text: json({ results: { v_a: [{ label: 'run', score: 0.5, segment: [1, '2.5'] }] } }),
  },
  { format: 'detections', name: 'found.txt', text: 'video_a 0.5 2.5 1 0.9\nvideo_b 1 2 2 0.5\n' },
];
