/** Limits the operations, bytes and uploads that are in progress, for the process and for each caller. */

import type { ServerResponse } from 'node:http';

export interface AdmissionLimits {
  /** Concurrent operations of one caller. An operation ends when its response is flushed. */
  readonly maxOperationsPerCaller: number;
  /** Bytes that all requests and responses may hold in memory. */
  readonly maxBytes: number;
  /** Bytes that the requests and responses of one caller may hold in memory. */
  readonly maxBytesPerCaller: number;
  /** Concurrent uploads of all callers: their files use disk space. */
  readonly maxUploads: number;
}

const mebibyte = 1024 * 1024;

/** Documented in docs/production.md, "Resource limits" and "Upload limits". */
export const defaultLimits = {
  maxBytes: 128 * mebibyte,
  maxBytesPerCaller: 32 * mebibyte,
  maxUploads: 64,
} as const;

/**
 * Which limit a request exceeds: that of its caller (429), that of the process (503), or that of its caller by itself, so that repeating it
 * cannot help (413).
 */
export type AdmissionRefusal = 'caller' | 'process' | 'request';

/** Thrown if the body of a request would exceed the limit for bytes. */
export class NotAdmitted extends Error {
  readonly refusal: AdmissionRefusal;

  constructor(refusal: AdmissionRefusal) {
    super('The request exceeds a memory limit.');
    this.refusal = refusal;
  }
}

/** Memory per byte of a JSON body: the body, its text, its strings, and the form for Dashly. */
export const heldPerJsonByte = 4;

/** From this number of callers on, idle callers are removed. */
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
  /** The number of callers at which idle ones are removed. */
  #forgetAt = manyCallers;
  readonly #total: Share = { operations: 0, bytes: 0, uploads: 0 };
  /** Operations whose responses are sent but not flushed, oldest first. */
  readonly #unread = new Set<Admitted>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#total.bytes;
  }

  /** The number of callers in the table. */
  get callers(): number {
    return this.#shares.size;
  }

  /** Starts an operation. It ends when its handler is done, and `response` is flushed or its connection is lost. */
  admit(callerId: string, response: ServerResponse): Admitted | 'caller' {
    const share = this.#shareOf(callerId);
    if (share.operations >= this.#limits.maxOperationsPerCaller) return 'caller';
    const admitted = new Admitted(this.#limits, this.#total, share, this.#unread, response);
    response.on('close', () => admitted.endResponse());
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
    // Doubled, so that not every new caller causes a pass over all of them.
    this.#forgetAt = Math.max(manyCallers, 2 * this.#shares.size);
  }
}

/** The share of one operation. */
export class Admitted {
  readonly #limits: AdmissionLimits;
  readonly #total: Share;
  readonly #share: Share;
  readonly #unread: Set<Admitted>;
  readonly #response: ServerResponse;
  #bytes = 0;
  #hasUpload = false;
  #isHandled = false;
  #isClosed = false;

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

  /** Counts `bytes` more, or returns why they are refused. */
  reserve(bytes: number): AdmissionRefusal | null {
    const { maxBytes, maxBytesPerCaller } = this.#limits;
    if (this.#bytes + bytes > maxBytesPerCaller) return 'request';
    if (this.#share.bytes + bytes > maxBytesPerCaller) return 'caller';
    if (this.#total.bytes + bytes > maxBytes) return 'process';
    this.#hold(bytes);
    return null;
  }

  /** Counts an upload, or returns why it is refused; `maxOfCaller` limits the uploads of the caller. */
  reserveUpload(maxOfCaller: number): 'caller' | 'process' | null {
    if (this.#share.uploads >= maxOfCaller) return 'caller';
    if (this.#total.uploads >= this.#limits.maxUploads) return 'process';
    this.#hasUpload = true;
    this.#count('uploads', 1);
    return null;
  }

  /** Call this when the upload is read and its files are removed. */
  endUpload(): void {
    if (this.#hasUpload) this.#count('uploads', -1);
    this.#hasUpload = false;
  }

  /**
   * Counts a response of `bytes` that was just sent. It is never refused, since its reply may have been sent: if the process exceeds
   * its limit, the connections of the oldest unread responses are closed.
   */
  holdResponse(bytes: number): void {
    // The operating system has accepted all of it.
    if (this.#response.writableLength === 0) return;
    this.#hold(bytes);
    this.#unread.add(this);
    for (const oldest of this.#unread) {
      if (this.#total.bytes <= this.#limits.maxBytes) break;
      oldest.#response.destroy();
      oldest.#releaseBytes();
    }
  }

  /** Call this when the handler is done. */
  endHandler(): void {
    this.#isHandled = true;
    this.#endIfDone();
  }

  /** Called when the response is flushed, or its connection is lost. */
  endResponse(): void {
    this.#isClosed = true;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#isHandled || !this.#isClosed) return;
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
