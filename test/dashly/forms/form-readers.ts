/** Third-party parsers of multipart forms, as servers use them. */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import createBusboy from 'busboy';
import formidable, { type File as FormidableFile } from 'formidable';
import multiparty from 'multiparty';

export interface EncodedForm {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Names with their values, in the order of the form. */
export interface ReadForm {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly (readonly [name: string, bytes: Buffer])[];
}

type MutableForm = { [Kind in keyof ReadForm]: ReadForm[Kind][number][] };

/** Rejects if the parser reports an error. */
export type ReadWithParser = (form: EncodedForm) => Promise<ReadForm>;

function requestOf({ contentType, body }: EncodedForm): IncomingMessage {
  const headers = { 'content-type': contentType, 'content-length': String(body.length) };
  return Object.assign(Readable.from([body]), { headers }) as unknown as IncomingMessage;
}

async function readWithBusboy(form: EncodedForm): Promise<ReadForm> {
  const read: MutableForm = { fields: [], files: [] };
  const busboy = createBusboy({ headers: { 'content-type': form.contentType } });
  busboy.on('field', (name, value) => read.fields.push([name, value]));
  const files: Promise<void>[] = [];
  busboy.on('file', (name, stream) => {
    files.push(buffer(stream).then((bytes) => void read.files.push([name, bytes])));
  });
  busboy.end(form.body);
  await once(busboy, 'close');
  await Promise.all(files);
  return read;
}

async function readWithFormidable(form: EncodedForm): Promise<ReadForm> {
  const contents = new Map<unknown, Buffer[]>();
  const parser = formidable({
    allowEmptyFiles: true,
    minFileSize: 0,
    fileWriteStreamHandler: (file) => {
      const chunks: Buffer[] = [];
      contents.set(file, chunks);
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk);
          done();
        },
      });
    },
  });
  const [fields, files] = await parser.parse(requestOf(form));
  const bytesOf = (file: FormidableFile) => Buffer.concat(contents.get(file) ?? []);
  return { fields: pairsOf(fields), files: pairsOf(files).map(([name, file]) => [name, bytesOf(file)]) };
}

function pairsOf<Value>(lists: Readonly<Record<string, readonly Value[] | undefined>>): [string, Value][] {
  return Object.entries(lists).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, Value] => [name, value]),
  );
}

async function readWithMultiparty(form: EncodedForm): Promise<ReadForm> {
  const read: MutableForm = { fields: [], files: [] };
  const parser = new multiparty.Form();
  parser.on('field', (name, value) => read.fields.push([name, value]));
  const files: Promise<void>[] = [];
  parser.on('part', (part) => {
    files.push(buffer(part).then((bytes) => void read.files.push([part.name, bytes])));
  });
  const closed = once(parser, 'close');
  parser.parse(requestOf(form));
  await closed;
  await Promise.all(files);
  return read;
}

export const npmParsers: readonly (readonly [name: string, read: ReadWithParser])[] = [
  ['busboy', readWithBusboy],
  ['formidable', readWithFormidable],
  ['multiparty', readWithMultiparty],
];

export const pythonParsers = ['email', 'Django', 'Tornado', 'Werkzeug'] as const;

export type PythonParser = (typeof pythonParsers)[number];

/** Debian's Python, which has Django, Tornado and Werkzeug as packages. */
const python = '/usr/bin/python3';
const readForms = fileURLToPath(new URL('read-forms.py', import.meta.url));

/** Parses all forms with each Python parser, in one process. */
export async function readWithPython(
  forms: readonly EncodedForm[],
): Promise<Record<PythonParser, readonly ReadForm[]>> {
  const input = forms.map(({ contentType, body }) => [contentType, body.toString('base64')]);
  const text = await runPython([readForms], JSON.stringify(input));
  const encoded: Record<PythonParser, Record<keyof ReadForm, [string, string][]>[]> = JSON.parse(text);
  const decode = (parser: PythonParser) =>
    encoded[parser].map(({ fields, files }) => ({
      fields: fields.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()] as const),
      files: files.map(([name, value]) => [name, Buffer.from(value, 'base64')] as const),
    }));
  return {
    email: decode('email'),
    Django: decode('Django'),
    Tornado: decode('Tornado'),
    Werkzeug: decode('Werkzeug'),
  };
}

/** Always false in CI: no test is skipped there. */
export async function isPythonMissing(): Promise<boolean> {
  if (process.env['CI'] === 'true') return false;
  return runPython(['-c', 'import django, tornado, werkzeug'], '').then(
    () => false,
    () => true,
  );
}

function runPython(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(python, args, { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
    child.stdin?.on('error', () => {}); // The process may end without reading it.
    child.stdin?.end(input);
  });
}
