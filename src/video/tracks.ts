// Which of several video tracks is read: the one that a browser's `<video>` plays (tried with Chromium's): in MP4 and MOV the
// first that the file enables, else the first. Matroska's default flag changes nothing there.

/** What is known of one video track. */
export interface TrackFacts {
  /** The file says that it is presented unless somebody chooses otherwise (MP4: the track header's flag). */
  isEnabled: boolean;
}

/** The track that is read, of a file's video tracks in their order; covers of music are none. */
export function playedTrack<Track>(
  tracks: readonly Track[],
  { isMp4, factsOf }: { isMp4: boolean; factsOf: (track: Track) => TrackFacts },
): Track | undefined {
  const enabled = isMp4 ? tracks.find((track) => factsOf(track).isEnabled) : undefined;
  return enabled ?? tracks[0];
}

/** Is this FFmpeg's name of the family of MP4, MOV and 3GP? */
export function isMp4(container: string | null | undefined): boolean {
  return /\bmov\b/.test(container ?? '');
}
