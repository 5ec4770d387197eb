// Every annotation format. A new one is a file (or a folder) beside this and a line here: readers, writers, guessing, the
// command line and the tests follow.
import { activitynet } from './activitynet.js';
import { ava, multisports } from './ava.js';
import { boris } from './boris/index.js';
import { bouts } from './bouts.js';
import { boxesJson } from './boxesJson.js';
import { coco } from './coco.js';
import { cvat } from './cvat/index.js';
import { elan } from './elan.js';
import { fiftyone } from './fiftyone/index.js';
import type { AnnotationFormat } from './format.js';
import { hmdb51 } from './hmdb51.js';
import { jhmdb } from './jhmdb.js';
import { kinetics } from './kinetics.js';
import { labelStudio } from './labelStudio/index.js';
import { csvList, jsonList } from './list.js';
import { moments } from './moments.js';
import { mot } from './mot.js';
import { pathList } from './paths.js';
import { soccernet } from './soccernet.js';
import { srt, webvtt } from './subtitles.js';
import { thumos14 } from './thumos14.js';
import { ucf101 } from './ucf101.js';
import { ucf24 } from './ucf24.js';
import { via } from './via.js';
import { yolo } from './yolo.js';

/** The formats, in the order in which they are told. */
export const FORMATS: readonly AnnotationFormat[] = [
  csvList,
  jsonList,
  ucf101,
  hmdb51,
  ucf24,
  jhmdb,
  thumos14,
  kinetics,
  moments,
  cvat,
  labelStudio,
  via,
  coco,
  activitynet,
  ava,
  multisports,
  boxesJson,
  pathList,
  bouts,
  boris,
  elan,
  webvtt,
  srt,
  mot,
  yolo,
  soccernet,
  fiftyone,
];
