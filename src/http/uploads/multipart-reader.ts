/**
 * Reads a GraphQL multipart request into its parameters and files.
 *
 * Not `processRequest` of graphql-upload-ts, which leaks and drops files (test/http/uploads/graphql-upload-ts.test.ts).
 */

import { isUtf8 } from 'node:buffer';
import type { GraphQLParams } from 'graphql-yoga';
import { memoryOfJson } from '../../conversation/json-memory.ts';
import { GrowingBuffer } from '../../growing-buffer.ts';
import { type AdmissionRefusal, heldPerJsonByte, NotAdmitted } from '../admission.ts';
import { BadRequest } from '../endpoint/errors.ts';
import { parseParams } from '../endpoint/params.ts';
import { type FilePath, parseFileMap, quote } from './file-map.ts';
import type { FileStore } from './file-store.ts';
import { MultipartScanner, type PartListener } from './multipart-scanner.ts';
import type { PartHeader } from './part-header.ts';

export interface MultipartLimits {
  readonly maxFiles: number;
  /** Inclusive. */
  readonly maxFileBytes: number;
  /** For `operations` and `map` each. */
  readonly maxFieldBytes: number;
  /** Reserves bytes of memory for these two fields, or returns why they are refused. */
  readonly reserve: (bytes: number) => AdmissionRefusal | null;
}

/** A file in the map. */
export class ExpectedFile {
  readonly paths: readonly FilePath[];
  /** Resolves to true at the end of the file, or to false as soon as it exceeds the limit. */
  readonly keepsLimit: Promise<boolean>;
  readonly resolveKeepsLimit: (keepsLimit: boolean) => void;
  /** Null until its part begins; so is `store`. */
  header: PartHeader | null = null;
  store: FileStore | null = null;
  bytes = 0;

  constructor(paths: readonly FilePath[]) {
    this.paths = paths;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.keepsLimit = promise;
    this.resolveKeepsLimit = resolve;
  }
}

/** Reads a request strictly, and writes each file of the map to its own store, up to the limit. */
export class MultipartReader implements PartListener {
  /** Resolves to the parameters once `map` is read, with null at the paths of files. Rejects with BadRequest or NotAdmitted. */
  readonly params: Promise<GraphQLParams>;
  /** Resolves when the request is complete and valid; rejects with BadRequest or NotAdmitted if it is not. */
  readonly whole: Promise<void>;
  readonly #limits: MultipartLimits;
  readonly #openStore: () => FileStore;
  readonly #scanner: MultipartScanner;
  readonly #resolveParams: (params: GraphQLParams) => void;
  readonly #resolveWhole: () => void;
  readonly #reject: (error: unknown) => void;
  #files: ReadonlyMap<string, ExpectedFile> = new Map();
  /** The length of the field `operations` in bytes. */
  operationsBytes = 0;
  #operations: GraphQLParams | null = null;
  #hasMap = false;
  /** The file of the current part; null for a text field. */
  #file: ExpectedFile | null = null;
  #text = new GrowingBuffer();
  #bytesLeft: number;
  #isBroken = false;
  /** Whether the store of the current file is ready for more. */
  #isReady = true;

  /**
   * @param contentType - The header of the request.
   * @param openStore - Called for each file.
   * @throws BadRequest if the header has no boundary.
   */
  constructor(contentType: string, limits: MultipartLimits, openStore: () => FileStore) {
    this.#limits = limits;
    this.#openStore = openStore;
    this.#scanner = new MultipartScanner(contentType, this);
    this.#bytesLeft = 2 * limits.maxFieldBytes + limits.maxFiles * limits.maxFileBytes + 1024 * 1024;
    const params = Promise.withResolvers<GraphQLParams>();
    const whole = Promise.withResolvers<void>();
    this.params = params.promise;
    this.whole = whole.promise;
    this.#resolveParams = params.resolve;
    this.#resolveWhole = whole.resolve;
    this.#reject = (error) => {
      this.#isBroken = true;
      params.reject(error);
      whole.reject(error);
    };
    // Either may have no listener.
    params.promise.catch(() => {});
    whole.promise.catch(() => {});
  }

  /** The files of the map; empty until `params` resolves. */
  get files(): readonly ExpectedFile[] {
    return [...this.#files.values()];
  }

  /** Call this if the rest of the request will not arrive; `reason` is for the client. */
  breakOff(reason: string, status: 400 | 408 = 400): void {
    this.#reject(new BadRequest(reason, status));
  }

  /** Does not keep the memory of `chunk`. Returns false if the next chunk must wait until a store is ready. */
  write(chunk: Buffer): boolean {
    this.#isReady = true;
    this.#attempt(() => {
      this.#bytesLeft -= chunk.length;
      if (this.#bytesLeft < 0) throw new BadRequest('The request is too large.', 413);
      this.#scanner.write(chunk);
    });
    return this.#isReady;
  }

  /** Call this when the last byte of the request is written. */
  end(): void {
    this.#attempt(() => {
      this.#scanner.end();
      if (!this.#hasMap) throw new BadRequest('The request has no field "map".');
      const missing = [...this.#files].find(([, file]) => !file.header);
      if (missing) throw new BadRequest(`The file ${quote(missing[0])} of the map is missing.`);
      this.#resolveWhole();
    });
  }

  onPart(header: PartHeader): void {
    const { name, fileName } = header;
    if (!this.#hasMap) {
      this.#expectText(name, this.#operations ? 'map' : 'operations');
      return;
    }
    const file = this.#files.get(name);
    if (!file) throw new BadRequest(`The part ${quote(name)} is not in the map.`);
    if (fileName === null)
      throw new BadRequest(`The part ${quote(name)} is text, but the map expects a file.`);
    if (file.header) throw new BadRequest(`There are two parts with the name ${quote(name)}.`);
    file.header = header;
    file.store = this.#openStore();
    this.#file = file;
  }

  onData(chunk: Buffer): void {
    const file = this.#file;
    if (!file) {
      if (this.#text.length + chunk.length > this.#limits.maxFieldBytes) {
        throw new BadRequest(`A field is larger than ${this.#limits.maxFieldBytes} bytes.`, 413);
      }
      this.#reserve(heldPerJsonByte * chunk.length);
      this.#text.append(Buffer.from(chunk));
      return;
    }
    file.bytes += chunk.length;
    if (file.bytes > this.#limits.maxFileBytes) file.resolveKeepsLimit(false);
    else this.#isReady = file.store?.write(chunk) ?? true;
  }

  onPartEnd(): void {
    if (this.#file) {
      this.#file.resolveKeepsLimit(true); // No effect if the file exceeded the limit.
      this.#file = null;
      return;
    }
    const bytes = this.#text.bytes();
    if (!isUtf8(bytes)) throw new BadRequest('A field is not valid UTF-8.');
    const text = bytes.toString().replace(/^\ufeff/, ''); // Some editors and .NET write a byte order mark.
    this.#text = new GrowingBuffer();
    this.#reserve(memoryOfJson(text));
    if (this.#operations) this.#readMap(text, this.#operations);
    else {
      const params = parseParams(text, 'The field "operations"');
      if (params instanceof BadRequest) throw params;
      this.#operations = params;
      this.operationsBytes = bytes.length;
    }
  }

  #reserve(bytes: number): void {
    const refusal = this.#limits.reserve(bytes);
    if (refusal) throw new NotAdmitted(refusal);
  }

  #expectText(name: string, expected: 'operations' | 'map'): void {
    if (name === expected) return;
    throw new BadRequest(
      `The field "${expected}" is missing or out of order: send "operations" first, then "map".`,
    );
  }

  #readMap(text: string, operations: GraphQLParams): void {
    const map = parseFileMap(text, operations as Record<string, unknown>, this.#limits.maxFiles);
    this.#files = new Map([...map].map(([name, paths]) => [name, new ExpectedFile(paths)]));
    this.#hasMap = true;
    this.#resolveParams(operations);
  }

  #attempt(read: () => void): void {
    if (this.#isBroken) return;
    try {
      read();
    } catch (error) {
      this.#reject(error);
    }
  }
}
