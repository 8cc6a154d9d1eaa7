/**
 * Reads `multipart/form-data` (RFC 7578) byte for byte. The platform's own parser is more forgiving: it
 * repairs broken text, and a test of what a client really sent wants no repairs. It is as strict as the strictest of the
 * parsers that servers use: what one of them drops without an error is an error here.
 */

import { MalformedBody } from '../malformed-body.ts';
import type { SentFile } from '../sent-file.ts';
import { decodeUtf8 } from './decode-utf8.ts';

/** What a form holds: its text fields in order of arrival, its files in order of arrival. */
export interface MultipartForm {
  fields: Array<[name: string, value: string]>;
  files: SentFile[];
}

const maxHeaderBytes = 1024;

/** Takes a whole body apart. Throws `MalformedBody` where it is cut off or does not follow the format. */
export function parseMultipart(body: Buffer, boundary: string): MultipartForm {
  const form: MultipartForm = { fields: [], files: [] };
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');

  // The first delimiter may stand at the very start, without the line break that the later ones have.
  let position: number;
  if (startsWith(body, 0, delimiter.subarray(2))) position = delimiter.length - 2;
  else position = find(body, delimiter, 0, 'its first boundary') + delimiter.length;

  while (!startsWith(body, position, '--')) {
    while (body[position] === 0x20 || body[position] === 0x09) position += 1;
    if (!startsWith(body, position, '\r\n')) {
      throw new MalformedBody(
        'A boundary of the multipart body is followed by something else than a new line.',
      );
    }
    const headersEnd = find(body, '\r\n\r\n', position, 'the end of the headers of a part');
    if (headersEnd - position > maxHeaderBytes) {
      throw new MalformedBody(
        `The headers of a part are longer than ${maxHeaderBytes} bytes; Django drops such a part.`,
      );
    }
    const headers = readHeaders(decodeUtf8(body.subarray(position + 2, headersEnd), 'A header of a part'));
    const start = headersEnd + 4;
    // From two bytes back: the line break before a delimiter may be the one that ends the headers.
    const end = find(body, delimiter, start - 2, 'its last boundary');
    addPart(form, headers, body.subarray(start, Math.max(start, end)));
    position = end + delimiter.length;
  }
  return form;
}

function addPart(form: MultipartForm, headers: Map<string, string>, content: Buffer): void {
  const parameters = readDisposition(headers.get('content-disposition') ?? '');
  const name = parameters.get('name');
  if (!name) throw new MalformedBody('A part of the multipart body has no name.');
  const encoding = headers.get('content-transfer-encoding') ?? 'binary';
  if (!/^(?:7bit|8bit|binary)$/i.test(encoding)) {
    throw new MalformedBody(
      'A part of the multipart body has a Content-Transfer-Encoding that is not decoded.',
    );
  }
  if (parameters.has('filename*')) {
    throw new MalformedBody(
      'A part of the multipart body names its file with filename*, which RFC 7578 forbids.',
    );
  }
  const filename = parameters.get('filename');
  if (filename === undefined) {
    form.fields.push([name, decodeUtf8(content, `The field ${name}`)]);
    return;
  }
  // A browser sends such a part for a file input in which no file was chosen.
  if (filename === '' && content.length === 0) return;
  if (isDropped(filename)) {
    throw new MalformedBody(`Some servers drop a file with the name ${JSON.stringify(filename)}.`);
  }
  const mimeType = headers.get('content-type') ?? 'application/octet-stream';
  if (/^multipart\//i.test(mimeType)) {
    throw new MalformedBody('Some servers read a file with a multipart type as a body of further parts.');
  }
  form.files.push({
    fieldName: name,
    filename,
    mimeType,
    // A plain view of the same memory: to a reader a `Buffer` would be an implementation detail.
    bytes: new Uint8Array(content.buffer, content.byteOffset, content.length),
  });
}

/** Whether a server finds no name in it: after decoding, taking the last part of a path and removing invisible characters. */
function isDropped(filename: string): boolean {
  // An entity may stand for a slash; Django decodes it.
  const base =
    filename
      .replace(/&#?\w+;/g, '/')
      .split(/[/\\]/)
      .at(-1) ?? '';
  return /^\.{0,2}$/.test(base.replace(/[\p{C}\p{Z}]/gu, ''));
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1)
      throw new MalformedBody('A part of the multipart body has a line among its headers that is none.');
    const name = line.slice(0, colon).toLowerCase();
    if (headers.has(name)) throw new MalformedBody('A part of the multipart body has a header twice.');
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function readDisposition(header: string): Map<string, string> {
  const whole =
    /^form-data((?:\s*;\s*[\w*-]+=(?:"(?:[^"\\\p{Cc}\u2028\u2029]|\\(?!"))*"|[^\s";]+))*)$/iu.exec(header);
  if (whole === null) {
    throw new MalformedBody('A part of the multipart body has no Content-Disposition that can be read.');
  }
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of (whole[1] ?? '').matchAll(
    /([\w*-]+)=(?:"([^"]*)"|([^\s";]+))/g,
  )) {
    const key = name.toLowerCase();
    if (parameters.has(key)) throw new MalformedBody('A part of the multipart body has a parameter twice.');
    parameters.set(key, quoted === undefined ? bare : decodeName(quoted));
  }
  return parameters;
}

/** Exactly these three are escaped in a form (by the HTML standard); any other `%` stands for itself. */
function decodeName(text: string): string {
  return text.replace(/%22|%0D|%0A/gi, (it) => decodeURIComponent(it));
}

function find(body: Buffer, what: Buffer | string, from: number, name: string): number {
  const at = body.indexOf(what, from);
  if (at < 0) throw new MalformedBody(`The multipart body ends before ${name}.`);
  return at;
}

function startsWith(body: Buffer, position: number, what: Buffer | string): boolean {
  const expected = Buffer.from(what);
  return body.subarray(position, position + expected.length).equals(expected);
}
