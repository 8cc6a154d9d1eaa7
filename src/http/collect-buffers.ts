/** Has the buffers of uploads collected before V8 takes them for a reason to collect everything. */

/** A byte of an upload passes through two or three buffers, and V8 lets 64 MiB of them be between full collections. */
const bytesBetween = 4 * 1024 * 1024;

/** Of all uploads of the process, which have one heap. */
let bytes = 0;

/**
 * To be called with the length of each chunk that came. A minor collection takes a millisecond or two and frees the same buffers as
 * the full ones that large uploads otherwise keep V8 busy with. Does nothing unless Node was started with `--expose-gc`.
 */
export function collectBuffers(length: number): void {
  bytes += length;
  if (bytes < bytesBetween) return;
  bytes = 0;
  globalThis.gc?.({ type: 'minor' });
}
