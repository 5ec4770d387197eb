// Weights given by a formula, as the README of the reference folder has it: no weight file is needed.
import { foreignName } from '../../src/backbone/weights/fit.js';
import { float32, sizeOf, type Shape, type Tensor, type Tensors } from '../../src/tensor.js';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of a name, as zlib has it. */
function crc32(text: string): number {
  let crc = -1;
  for (const byte of new TextEncoder().encode(text)) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** The numbers in [0, 1) of the tensor called `name`, mapped by `map`. */
function filled(name: string, shape: Shape, salt: number, map: (u: number) => number): Tensor {
  const data = new Float32Array(sizeOf(shape));
  const start = (crc32(name) ^ salt) >>> 0;
  for (let i = 0; i < data.length; i++) {
    let x = (Math.imul(i, 2654435761) + start) | 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519);
    x = Math.imul(x ^ (x >>> 13), 3266489917);
    data[i] = map(((x ^ (x >>> 16)) >>> 0) / 2 ** 32);
  }
  return float32(data, shape);
}

/** The tensor of torchvision's `name`. */
export function formulaTensor(name: string, shape: Shape, salt: number): Tensor {
  const [, inputs, height, width] = shape;
  if (shape.length === 4) {
    const bound = Math.sqrt(3 / (inputs! * height! * width!));
    return filled(name, shape, salt, (u) => (u - 0.5) * 2 * bound);
  }
  if (/bias$|running_mean$/.test(name)) return filled(name, shape, salt, (u) => (u - 0.5) * 0.2);
  return filled(name, shape, salt, shape.length === 2 ? (u) => (u - 0.5) * 0.1 : (u) => u + 0.5);
}

/** Weights of parameters under torchvision's names. */
export function formulaWeights(parameters: readonly { name: string; shape: Shape }[], salt: number): Tensors {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const foreign = foreignName(name);
      return [foreign, formulaTensor(foreign, shape, salt)];
    }),
  );
}

/** The frames of the reference, normalised already. */
export function formulaFrames(shape: Shape, salt: number): Tensor {
  return filled('frames', shape, salt, (u) => (u - 0.5) * 4);
}
