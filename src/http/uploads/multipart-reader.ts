/** Takes a multipart request apart, into the parameters of its operation and the files that go with it. */

import { isUtf8 } from 'node:buffer';
import type { GraphQLParams } from 'graphql-yoga';
import { type AdmissionRefusal, NotAdmitted } from '../admission.ts';
import { BadRequest } from '../endpoint/errors.ts';
import { parseParams } from '../endpoint/params.ts';
import { type FilePlace, parseFileMap, quote } from './file-map.ts';
import type { FileStore } from './file-store.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { MultipartScanner, type PartListener } from './multipart-scanner.ts';
import type { PartHeader } from './part-header.ts';

export interface MultipartLimits {
  readonly maxFiles: number;
  /** A file of exactly so many bytes passes. */
  readonly maxFileBytes: number;
  /** For `operations` and for `map`, each. */
  readonly maxFieldBytes: number;
  /** Asks before so many bytes more of these two are held. */
  readonly reserve: (bytes: number) => AdmissionRefusal | null;
}

/** A file that the map names. */
export class ExpectedFile {
  readonly places: readonly FilePlace[];
  /** Resolves to whether the file keeps the limit: at its end, or where it goes beyond. */
  readonly keepsLimit: Promise<boolean>;
  readonly judge: (keepsLimit: boolean) => void;
  /** Null until it begins to come, and so is `store`. */
  header: PartHeader | null = null;
  store: FileStore | null = null;
  bytes = 0;

  constructor(places: readonly FilePlace[]) {
    this.places = places;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.keepsLimit = promise;
    this.judge = resolve;
  }
}

/** Reads a request strictly, and gives the bytes of each file that was announced to a store of its own, none beyond the limit. */
export class MultipartReader implements PartListener {
  /** Resolves to the parameters once `map` is here, with null in the places of the files. Rejects with BadRequest or NotAdmitted. */
  readonly params: Promise<GraphQLParams>;
  /** Resolves when the request is here to its end and in order; rejects with a BadRequest where it is not. */
  readonly whole: Promise<void>;
  readonly #limits: MultipartLimits;
  readonly #openStore: () => FileStore;
  readonly #scanner: MultipartScanner;
  readonly #resolveParams: (params: GraphQLParams) => void;
  readonly #resolveWhole: () => void;
  readonly #reject: (error: unknown) => void;
  #files: ReadonlyMap<string, ExpectedFile> = new Map();
  /** The length of the field `operations`. */
  operationsBytes = 0;
  #operations: GraphQLParams | null = null;
  #hasMap = false;
  /** The file whose bytes come now; null while a text does. */
  #file: ExpectedFile | null = null;
  #text = new GrowingBuffer();
  #bytesLeft: number;
  #isBroken = false;
  /** Whether the store of the file is ready for more. */
  #goesOn = true;

  /**
   * @param contentType - The header of the request.
   * @param openStore - For each file that comes.
   * @throws BadRequest where it names no boundary.
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
    // Either may be of no interest to anybody.
    params.promise.catch(() => {});
    whole.promise.catch(() => {});
  }

  /** The files of the map; empty until `params` is resolved. */
  get files(): readonly ExpectedFile[] {
    return [...this.#files.values()];
  }

  /** To be called where no more of the request will come; `reason` is for the caller. */
  breakOff(reason: string, status: 400 | 408 = 400): void {
    this.#reject(new BadRequest(reason, status));
  }

  /** Keeps nothing of the memory of `chunk`. False where no more is to come before a store is ready for it. */
  write(chunk: Buffer): boolean {
    this.#goesOn = true;
    this.#attempt(() => {
      this.#bytesLeft -= chunk.length;
      if (this.#bytesLeft < 0) throw new BadRequest('The request is too large.', 413);
      this.#scanner.write(chunk);
    });
    return this.#goesOn;
  }

  /** To be called when the request is here to its last byte. */
  end(): void {
    this.#attempt(() => {
      this.#scanner.end();
      if (!this.#hasMap) throw new BadRequest('The request has no field "map".');
      const missing = [...this.#files].find(([, file]) => !file.header);
      if (missing) throw new BadRequest(`The file ${quote(missing[0])} of the map did not come.`);
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
      throw new BadRequest(`The part ${quote(name)} is a text where the map expects a file.`);
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
      const refusal = this.#limits.reserve(chunk.length);
      if (refusal) throw new NotAdmitted(refusal);
      this.#text.append(Buffer.from(chunk));
      return;
    }
    file.bytes += chunk.length;
    if (file.bytes > this.#limits.maxFileBytes) file.judge(false);
    else this.#goesOn = file.store?.write(chunk) ?? true;
  }

  onPartEnd(): void {
    if (this.#file) {
      this.#file.judge(true); // Too late where it went beyond the limit.
      this.#file = null;
      return;
    }
    const bytes = this.#text.bytes();
    if (!isUtf8(bytes)) throw new BadRequest('A field is not valid UTF-8.');
    const text = bytes.toString().replace(/^\ufeff/, ''); // Some editors and .NET write a byte order mark.
    this.#text = new GrowingBuffer();
    if (this.#operations) this.#takeMap(text, this.#operations);
    else {
      this.#operations = parseOperations(text);
      this.operationsBytes = bytes.length;
    }
  }

  #expectText(name: string, expected: 'operations' | 'map'): void {
    if (name === expected) return;
    throw new BadRequest(
      `The field "${expected}" is missing, or not in its place: "operations" comes first, then "map".`,
    );
  }

  #takeMap(text: string, operations: GraphQLParams): void {
    const map = parseFileMap(text, operations as Record<string, unknown>, this.#limits.maxFiles);
    this.#files = new Map([...map].map(([name, places]) => [name, new ExpectedFile(places)]));
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

function parseOperations(text: string): GraphQLParams {
  const operations = parseParams(text, 'The field "operations"');
  if (Array.isArray(operations))
    throw new BadRequest('Batching is not supported: "operations" is to be one object.');
  return operations;
}
