// How a frozen backbone that is open is run, as a page is told beside its ONNX file.
import { onnxKind } from '../../backbone/kinds.js';
import type { FeatureExtractor } from '../../backbone/index.js';
import type { WebModelDescription } from '../../infer/webModel.js';

/** The backbone of an extractor: as its own file is run, where it came as one, else as a file with one output a scale and any batch. */
export function describeBackbone(kind: string, extractor: FeatureExtractor): WebModelDescription['backbone'] {
  const { identity, preprocessing, alignment, batch, isBatchFree } = extractor;
  const own = kind === onnxKind ? extractor.file : undefined;
  const scales = extractor.scales.map(({ name, channels, height, width, geometry }) => ({
    ...{ name, channels, height, width, geometry },
  }));
  return {
    ...{ kind, identity, preprocessing, scales, alignment },
    batch: own && !isBatchFree ? batch : null,
    outputs: own ? [...own.outputs] : scales.map(({ name }) => name),
  };
}
