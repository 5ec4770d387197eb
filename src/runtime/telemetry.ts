// ONNX Runtime's packages from 1.29 on report to their maker: what models and machines they run on, with an identity that
// is kept in the home folder. What is done here is nobody else's business, so it is told to keep silent before it is loaded.

/** What ONNX Runtime heeds: set before it is loaded, nothing is collected, kept or sent for the life of the process. */
const silence = 'ORT_DISABLE_TELEMETRY';

/**
 * Silences ONNX Runtime in this process. Called on the main thread, whose environment the native library reads: a
 * thread of Node has only a copy. A value that the user has set stays.
 */
export function silenceTelemetry(): void {
  process.env[silence] ??= '1';
}
