/** Counts what requests hold in memory until their responses are flushed, for the process and for each caller. */

import type { ServerResponse } from 'node:http';

export interface AdmissionLimits {
  /** Operations of one caller under way at once. One is under way until its response is flushed. */
  readonly maxOperationsPerCaller: number;
  /** Bytes that all requests and responses may hold. */
  readonly maxBytes: number;
  /** Bytes that those of one caller may hold. */
  readonly maxBytesPerCaller: number;
  /** Uploads under way at once: each may fill the disk with its files. */
  readonly maxUploads: number;
}

const mebibyte = 1024 * 1024;

/** Documented in docs/production.md, "Resource limits". */
export const defaultLimits = {
  maxBytes: 128 * mebibyte,
  maxBytesPerCaller: 32 * mebibyte,
  maxUploads: 64,
} as const;

/** Why a request is not admitted: the caller holds its share (429), or all callers together hold everything (503). */
export type AdmissionRefusal = 'caller' | 'process';

/** Ends a request whose body would hold too much. */
export class NotAdmitted extends Error {
  readonly refusal: AdmissionRefusal;

  constructor(refusal: AdmissionRefusal) {
    super('The request would hold more than its caller, or all callers together, may hold.');
    this.refusal = refusal;
  }
}

/** What a byte of JSON holds until its operation is done: the body, its text, the values in it, and the form for Dashly. */
export const heldPerJsonByte = 4;

/** From this number of callers on, those of whom nothing is under way are forgotten. */
const manyCallers = 1_000;

interface Share {
  operations: number;
  bytes: number;
  uploads: number;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  /** Idle callers stay for a while: a Map that changes with every request keeps dead tables alive until a full collection. */
  readonly #shares = new Map<string, Share>();
  /** The number of callers at which idle ones are forgotten. */
  #forgetAt = manyCallers;
  readonly #total: Share = { operations: 0, bytes: 0, uploads: 0 };
  /** Those whose responses were sent and are not flushed, the oldest first. */
  readonly #unread = new Set<Admitted>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Bytes held at the moment. */
  get bytes(): number {
    return this.#total.bytes;
  }

  /** Callers that are remembered. */
  get callers(): number {
    return this.#shares.size;
  }

  /** Counts one more operation of a caller, until its handler has called `end` and `response` is flushed or lost. */
  admit(callerId: string, response: ServerResponse): Admitted | AdmissionRefusal {
    const share = this.#shareOf(callerId);
    if (share.operations >= this.#limits.maxOperationsPerCaller) return 'caller';
    const admitted = new Admitted(this.#limits, this.#total, share, this.#unread, response);
    response.once('close', () => admitted.end());
    return admitted;
  }

  #shareOf(callerId: string): Share {
    const known = this.#shares.get(callerId);
    if (known) return known;
    if (this.#shares.size >= this.#forgetAt) this.#forgetIdleCallers();
    const share = { operations: 0, bytes: 0, uploads: 0 };
    this.#shares.set(callerId, share);
    return share;
  }

  #forgetIdleCallers(): void {
    for (const [callerId, { operations, uploads }] of this.#shares) {
      if (operations === 0 && uploads === 0) this.#shares.delete(callerId);
    }
    // Twice as many as are left, so that a new caller does not cost a look at all of them.
    this.#forgetAt = Math.max(manyCallers, 2 * this.#shares.size);
  }
}

/** What one operation holds. */
export class Admitted {
  readonly #limits: AdmissionLimits;
  readonly #total: Share;
  readonly #share: Share;
  readonly #unread: Set<Admitted>;
  readonly #response: ServerResponse;
  #bytes = 0;
  #hasUpload = false;
  /** The handler and the response. */
  #users = 2;

  constructor(
    limits: AdmissionLimits,
    total: Share,
    share: Share,
    unread: Set<Admitted>,
    response: ServerResponse,
  ) {
    this.#limits = limits;
    this.#total = total;
    this.#share = share;
    this.#unread = unread;
    this.#response = response;
    this.#count('operations', 1);
  }

  /** Asks before `bytes` more are held; counts them if there is no refusal. */
  reserve(bytes: number): AdmissionRefusal | null {
    const { maxBytes, maxBytesPerCaller } = this.#limits;
    if (this.#share.bytes + bytes > maxBytesPerCaller) return 'caller';
    if (this.#total.bytes + bytes > maxBytes) return 'process';
    this.#hold(bytes);
    return null;
  }

  /** Asks before an upload begins; `maxOfCaller` is the caller's share of them. */
  reserveUpload(maxOfCaller: number): AdmissionRefusal | null {
    if (this.#share.uploads >= maxOfCaller) return 'caller';
    if (this.#total.uploads >= this.#limits.maxUploads) return 'process';
    this.#hasUpload = true;
    this.#count('uploads', 1);
    return null;
  }

  /** The upload is read and its files are removed. */
  endUpload(): void {
    if (this.#hasUpload) this.#count('uploads', -1);
    this.#hasUpload = false;
  }

  /**
   * Counts a response of `bytes` that was just sent. A reply may have been sent for it, so it is not refused: beyond the budget
   * the responses that have been unread for the longest time end with their connections.
   */
  holdResponse(bytes: number): void {
    // The operating system has all of it.
    if (this.#response.writableLength === 0) return;
    this.#hold(bytes);
    this.#unread.add(this);
    for (const oldest of this.#unread) {
      if (this.#total.bytes <= this.#limits.maxBytes) break;
      oldest.#response.destroy();
      oldest.#releaseBytes();
    }
  }

  /** To be called when the handler is done; also runs when the response is flushed or its connection is lost. */
  end(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#releaseBytes();
    this.#count('operations', -1);
  }

  #releaseBytes(): void {
    this.#unread.delete(this);
    this.#count('bytes', -this.#bytes);
    this.#bytes = 0;
  }

  #hold(bytes: number): void {
    this.#bytes += bytes;
    this.#count('bytes', bytes);
  }

  #count(what: keyof Share, change: number): void {
    this.#total[what] += change;
    this.#share[what] += change;
  }
}
