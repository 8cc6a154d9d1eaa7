/** Stands between a multipart request and graphql-upload-ts, and hands on nothing but files to spool. */

import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from './bad-request.ts';
import { type FilePlace, parseFileMap } from './file-map.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { MultipartScanner, type PartListener } from './multipart-scanner.ts';
import { parseParams } from './parse-params.ts';
import type { PartHeader } from './part-header.ts';
import { quote } from './quote.ts';

export interface MultipartLimits {
  readonly maxFiles: number;
  /** A file of exactly so many bytes passes. */
  readonly maxFileBytes: number;
  /** For `operations` and for `map`, each. */
  readonly maxFieldBytes: number;
}

/** A file that the map names. */
export class ExpectedFile {
  readonly places: readonly FilePlace[];
  /** What the library knows it by. */
  readonly key: string;
  /** Resolves to whether the file keeps the limit: at its end, or where it goes beyond. */
  readonly keepsLimit: Promise<boolean>;
  readonly judge: (keepsLimit: boolean) => void;
  header: PartHeader | null = null;
  bytes = 0;
  /** What came so far, where the files of the request are kept in memory. */
  readonly content: GrowingBuffer;

  /** `maxBytes` of it are kept in memory at most. */
  constructor(places: readonly FilePlace[], key: string, maxBytes: number) {
    this.content = new GrowingBuffer(maxBytes);
    this.places = places;
    this.key = key;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.keepsLimit = promise;
    this.judge = resolve;
  }
}

/**
 * Reads the request strictly, and writes a plain one in its place, in which the library finds the files that were
 * announced, each once and none beyond the limit. So nothing that a client writes can meet the library's gaps: it
 * leaks the second of two files with one name, ignores files that it does not expect, rounds the numbers of
 * `operations`, and sets paths outside the variables.
 *
 * As a stream it never fails, since the library would then close files that are still being written: see `whole`.
 */
export class MultipartGuard extends Transform implements PartListener {
  /** The header that goes with what this stream writes. */
  readonly headers: { readonly 'content-type': string };
  /** Resolves to the parameters once `map` is here, with null in the places of the files. */
  readonly params: Promise<GraphQLParams>;
  /** Resolves when the request is here to its end and in order; rejects with a BadRequest where it is not. */
  readonly whole: Promise<void>;
  readonly #boundary = randomUUID();
  readonly #limits: MultipartLimits;
  readonly #scanner: MultipartScanner;
  readonly #resolveParams: (params: GraphQLParams) => void;
  readonly #resolveWhole: () => void;
  readonly #reject: (error: unknown) => void;
  #files: ReadonlyMap<string, ExpectedFile> = new Map();
  #operations: GraphQLParams | null = null;
  #hasMap = false;
  /** The file whose bytes come now; null while a text does. */
  #file: ExpectedFile | null = null;
  #text = new GrowingBuffer();
  #bytesLeft: number;
  #isBroken = false;
  readonly #bytesInMemory: number | null;

  /**
   * `contentType` is the header of the request. The files of one of `bytesInMemory` are kept here, and nothing is handed on;
   * null for a request that is handed on.
   *
   * @throws BadRequest where it names no boundary.
   */
  constructor(contentType: string, limits: MultipartLimits, bytesInMemory: number | null = null) {
    super();
    this.#bytesInMemory = bytesInMemory;
    this.#limits = limits;
    this.#scanner = new MultipartScanner(contentType, this);
    this.#bytesLeft = 2 * limits.maxFieldBytes + limits.maxFiles * limits.maxFileBytes + 1024 * 1024;
    this.headers = { 'content-type': `multipart/form-data; boundary=${this.#boundary}` };
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
  breakOff(reason: string): void {
    this.#reject(new BadRequest(reason));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#attempt(() => {
      this.#bytesLeft -= chunk.length;
      if (this.#bytesLeft < 0) throw new BadRequest('The request is too large.', 413);
      this.#scanner.write(chunk);
    });
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#attempt(() => {
      this.#scanner.end();
      if (!this.#hasMap) throw new BadRequest('The request has no field "map".');
      const missing = [...this.#files].find(([, file]) => !file.header);
      if (missing) throw new BadRequest(`The file ${quote(missing[0])} of the map did not come.`);
      this.#pushText('--\r\n');
      this.#resolveWhole();
    });
    done();
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
    this.#file = file;
    this.#pushHeader(`name="${file.key}"; filename="file"`);
  }

  onData(chunk: Buffer): void {
    const file = this.#file;
    if (!file) {
      if (this.#text.length + chunk.length > this.#limits.maxFieldBytes) {
        throw new BadRequest(`A field is larger than ${this.#limits.maxFieldBytes} bytes.`, 413);
      }
      this.#text.append(chunk);
      return;
    }
    file.bytes += chunk.length;
    if (file.bytes > this.#limits.maxFileBytes) file.judge(false);
    else if (this.#bytesInMemory !== null) file.content.append(chunk);
    else this.push(chunk);
  }

  onPartEnd(): void {
    if (this.#file) {
      this.#pushDelimiter();
      this.#file.judge(true); // Too late where it went beyond the limit.
      this.#file = null;
      return;
    }
    const bytes = this.#text.bytes();
    if (!isUtf8(bytes)) throw new BadRequest('A field is not valid UTF-8.');
    const text = bytes.toString();
    this.#text = new GrowingBuffer();
    if (this.#operations) this.#takeMap(text, this.#operations);
    else this.#operations = parseOperations(text);
  }

  #expectText(name: string, expected: 'operations' | 'map'): void {
    if (name === expected) return;
    throw new BadRequest(
      `The field "${expected}" is missing, or not in its place: "operations" comes first, then "map".`,
    );
  }

  #takeMap(text: string, operations: GraphQLParams): void {
    const map = parseFileMap(text, operations as Record<string, unknown>, this.#limits.maxFiles);
    const maxBytes = this.#bytesInMemory ?? 0;
    this.#files = new Map(
      [...map].map(([name, places], index) => [name, new ExpectedFile(places, String(index), maxBytes)]),
    );
    this.#hasMap = true;
    const keys = this.files.map(({ key }) => key);
    const variables = Object.fromEntries(keys.map((key) => [key, null]));
    const paths = Object.fromEntries(keys.map((key) => [key, [`variables.${key}`]]));
    this.#pushText(`--${this.#boundary}`);
    this.#pushField('operations', { variables });
    this.#pushField('map', paths);
    this.#resolveParams(operations);
  }

  #pushField(name: string, json: object): void {
    this.#pushHeader(`name="${name}"`);
    this.#pushText(JSON.stringify(json));
    this.#pushDelimiter();
  }

  #pushHeader(disposition: string): void {
    this.#pushText(`\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`);
  }

  /** Right behind each part, since the library takes notice of a part only when it sees where it ends. */
  #pushDelimiter(): void {
    this.#pushText(`\r\n--${this.#boundary}`);
  }

  #pushText(text: string): void {
    if (this.#bytesInMemory === null) this.push(text);
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
