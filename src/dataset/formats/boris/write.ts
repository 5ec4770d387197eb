// A BORIS project: an observation a clip, states as starts and stops, moments as point events.
import type { Written } from '../format.js';
import {
  json,
  labelsOf,
  segmentLanes,
  milliseconds,
  type WrittenClip,
  type WrittenSegment,
} from '../written.js';

/** A project that BORIS opens. Stretches of one class and subject that overlap are told apart by a modifier. */
export const written: Written = {
  ending: '.boris',
  holds: ['segments'],
  write: (clips) => [{ name: '', content: json(projectOf(clips)) }],
};

function projectOf(clips: readonly WrittenClip[]): object {
  const all = clips.flatMap(({ segments }) => segments);
  const subjects = [...new Set(all.flatMap(({ subject }) => subject ?? []))].sort();
  const behaviours = labelsOf(clips.map((clip) => ({ ...clip, tracks: [] }))).map((label) => [
    label,
    kindOf(label, all),
  ]);
  return {
    time_format: 's',
    project_name: 'wherewhen',
    project_date: '1970-01-01T00:00:00',
    project_description: 'written by wherewhen',
    project_format_version: '7.0',
    subjects_conf: byNumber(subjects.map((name) => ({ key: '', name, description: '' }))),
    behaviors_conf: byNumber(
      behaviours.map(([code, type]) => ({
        ...{ type, key: '', code, description: '', color: '', category: '', modifiers: '', excluded: '' },
        'coding map': '',
      })),
    ),
    behavioral_categories: [],
    independent_variables: {},
    observations: Object.fromEntries(
      clips.map((clip, i) => [`${i + 1} ${clip.clip}`, observationOf(clip, all)]),
    ),
    coding_map: {},
    behaviors_coding_map: [],
    converters: {},
  };
}

function observationOf(
  { clip, segments, durationSeconds, frameRate }: WrittenClip,
  all: readonly WrittenSegment[],
): object {
  const lanes = segmentLanes(segments, ({ label, subject = '' }) => `${label}\n${subject}`);
  const events = segments.flatMap((segment, i) => {
    const { subject = '', startSeconds, endSeconds } = segment;
    const lane = lanes[i]! === 0 ? '' : String(lanes[i]! + 1);
    const at = (seconds: number): unknown[] => [
      milliseconds(seconds) / 1000,
      subject,
      segment.label,
      lane,
      '',
    ];
    return kindOf(segment.label, all) === 'Point event'
      ? [at(startSeconds)]
      : [at(startSeconds), at(endSeconds)];
  });
  return {
    file: { '1': [clip], '2': [], '3': [], '4': [], '5': [], '6': [], '7': [], '8': [] },
    type: 'MEDIA',
    date: '1970-01-01T00:00:00',
    description: '',
    'time offset': 0,
    events: events.sort((a, b) => (a[0] as number) - (b[0] as number)),
    'observation time interval': [0, 0],
    independent_variables: {},
    visualize_spectrogram: false,
    close_behaviors_between_videos: false,
    media_info: {
      length: { [clip]: durationSeconds },
      fps: { [clip]: frameRate },
      hasVideo: { [clip]: true },
      hasAudio: { [clip]: false },
    },
  };
}

/** A behaviour is a state or a moment; of a class that is both the moments are states that stop at once. */
function kindOf(label: string, all: readonly WrittenSegment[]): 'State event' | 'Point event' {
  const own = all.filter((one) => one.label === label);
  const isPoint = own.every((one) => milliseconds(one.startSeconds) === milliseconds(one.endSeconds));
  return isPoint ? 'Point event' : 'State event';
}

function byNumber(entries: readonly object[]): Record<string, object> {
  return Object.fromEntries(entries.map((entry, i) => [String(i), entry]));
}
