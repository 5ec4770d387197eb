// Every protocol. A new one is a file beside this and a line here: names and errors of `evaluate --protocol` follow.
import { oneOf } from '../../checked.js';
import type { Protocol, ProtocolReport } from './protocol.js';
import { usage, type ProtocolRun } from './run.js';
import { hmdb51, ucf101 } from './splits.js';
import { activitynet, thumos14 } from './temporal.js';
import { thumos14Script } from './thumosScript.js';
import { ucf24, ucf24Script } from './ucf24.js';

/** The protocols, in the order in which they are told. */
export const PROTOCOLS: readonly Protocol[] = [
  ucf101,
  hmdb51,
  ucf24,
  ucf24Script,
  thumos14,
  thumos14Script,
  activitynet,
];

/** The protocol of that name. Throws `WhereWhenError` (usage) that lists the names, `clips` among them, which is no set's own. */
export function protocolNamed(name: string): Protocol {
  const names = ['clips', ...PROTOCOLS.map((one) => one.name)];
  const known = oneOf(names, 'evaluate.protocol', name);
  const protocol = PROTOCOLS.find((one) => one.name === known);
  if (!protocol) throw usage('--protocol', 'a protocol with annotations', known);
  return protocol;
}

/** Scores by one protocol. Throws `usage` for what a protocol cannot do with what it was given. */
export async function runProtocol(run: ProtocolRun): Promise<ProtocolReport> {
  const protocol = protocolNamed(run.protocol);
  if (run.model !== undefined && run.data === undefined)
    throw usage('evaluate DATA', 'the clips that the model is to answer', 'a model alone');
  if (!protocol.isTemporal) requireNothingTemporal(run);
  return protocol.run(run);
}

function requireNothingTemporal({ protocol, windowSeconds, detections }: ProtocolRun): void {
  const temporal = PROTOCOLS.filter(({ isTemporal }) => isTemporal).map(({ name }) => name);
  const expected = `the protocol ${temporal.join(' or ')}`;
  if (windowSeconds !== undefined) throw usage('--windows', expected, protocol);
  if (detections !== undefined) throw usage('--detections', expected, protocol);
}
