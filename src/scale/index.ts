// Work divided among processes: parts with no server, what they have made, what they do in turn.
export { inTurn } from './inTurn.js';
export { type Divided, gatherParts, leftOf, makePart, missingOf, type PartDone } from './makePart.js';
export { dealt, type Environment, hashOf, parsePart, type Part, tellPart, wholePart } from './part.js';
export { PartLog, type Piece, Pieces, piecesFolder } from './pieces.js';
export * from './queue/index.js';
