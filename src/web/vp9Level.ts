// VP9 whose file says level 0, which is none: browsers' own recorders write it into MP4, and their decoders refuse it. The
// stream itself has no level; with the lowest one it is decoded.
import { CustomVideoDecoder, registerDecoder, VideoSample, type EncodedPacket } from 'mediabunny';

/** `vp09.PROFILE.00.…`. */
const noLevel = /^(vp09\.\d\d)\.00\./;

class NoLevelDecoder extends CustomVideoDecoder {
  #decoder?: VideoDecoder;
  #fault?: Error;

  static override supports(codec: string, { codec: name }: VideoDecoderConfig): boolean {
    return codec === 'vp9' && noLevel.test(name) && typeof VideoDecoder !== 'undefined';
  }

  init(): void {
    this.#decoder = new VideoDecoder({
      output: (frame) => void this.onSample(new VideoSample(frame)),
      error: (fault) => (this.#fault = fault),
    });
    this.#decoder.configure({ ...this.config, codec: this.config.codec.replace(noLevel, '$1.10.') });
  }

  decode(packet: EncodedPacket): void {
    if (this.#fault) throw this.#fault;
    this.#decoder!.decode(packet.toEncodedVideoChunk());
  }

  async flush(): Promise<void> {
    if (this.#fault) throw this.#fault;
    await this.#decoder!.flush();
  }

  close(): void {
    if (this.#decoder?.state !== 'closed') this.#decoder?.close();
  }
}

let isRegistered = false;

/** Lets mediabunny decode such streams. */
export function decodeWithoutLevel(): void {
  if (!isRegistered) registerDecoder(NoLevelDecoder);
  isRegistered = true;
}
