// The camera of the page: one stream, which recording and the live answer share; and why there is none, in kinds.
import { signal } from '@preact/signals';

/** Why there is no camera. */
export type CameraFault =
  { kind: 'refused' | 'none' | 'taken' | 'insecure' | 'ended' } | { kind: 'failed'; reason: string };

/** The camera as it is now. */
export type Camera =
  | { state: 'off' }
  | { state: 'opening' }
  | { state: 'on'; stream: MediaStream }
  | { state: 'fault'; fault: CameraFault };

/** The camera. */
export const camera = signal<Camera>({ state: 'off' });

/** What a camera is asked for: enough for the networks, little enough for two cores. */
const WANTED: MediaStreamConstraints = {
  video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
};

/** Opens it, unless it is open; null where it cannot be had, which {@link camera} then says. */
export async function openCamera(): Promise<MediaStream | null> {
  const now = camera.value;
  if (now.state === 'on') return now.stream;
  camera.value = { state: 'opening' };
  try {
    const stream = await ask();
    stream.getVideoTracks()[0]?.addEventListener('ended', () => {
      closeCamera();
      camera.value = { state: 'fault', fault: { kind: 'ended' } };
    });
    camera.value = { state: 'on', stream };
    return stream;
  } catch (error) {
    camera.value = { state: 'fault', fault: faultOf(error as Error) };
    return null;
  }
}

/** Lets it go. */
export function closeCamera(): void {
  if (camera.value.state === 'on') camera.value.stream.getTracks().forEach((track) => track.stop());
  camera.value = { state: 'off' };
}

function ask(): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined; // not there on pages that are not secure
  if (!devices) throw new DOMException('', 'SecurityError');
  return devices.getUserMedia(WANTED);
}

const KINDS: Record<string, 'refused' | 'none' | 'taken' | 'insecure'> = {
  NotAllowedError: 'refused',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'taken',
  AbortError: 'taken',
  SecurityError: 'insecure',
};

/** What the browser's error means. */
export function faultOf({ name, message }: Error): CameraFault {
  const kind = KINDS[name];
  return kind ? { kind } : { kind: 'failed', reason: message || name };
}
