/**
 * Reads `multipart/form-data` (RFC 7578) byte for byte. The platform's own parser is more forgiving: it
 * repairs broken text, and a test of what a client really sent wants no repairs.
 */
import { decodeUtf8 } from './decode-utf8.ts';
import { MalformedBody } from './malformed-body.ts';
import type { SentFile } from './sent-file.ts';

/** What a form holds: its text fields in order of arrival, its files in order of arrival. */
export interface MultipartForm {
  fields: Array<[name: string, value: string]>;
  files: SentFile[];
}

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
  if (name === undefined) throw new MalformedBody('A part of the multipart body has no name.');
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
  form.files.push({
    fieldName: name,
    filename,
    mimeType: headers.get('content-type') ?? 'application/octet-stream',
    // A plain view of the same memory: to a reader a `Buffer` would be an implementation detail.
    bytes: new Uint8Array(content.buffer, content.byteOffset, content.length),
  });
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1)
      throw new MalformedBody('A part of the multipart body has a line among its headers that is none.');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function readDisposition(header: string): Map<string, string> {
  const whole = /^form-data((?:\s*;\s*[\w*-]+=(?:"[^"\r\n]*"|[^\s";]+))*)$/i.exec(header);
  if (whole === null) {
    throw new MalformedBody('A part of the multipart body has no Content-Disposition that can be read.');
  }
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of (whole[1] ?? '').matchAll(
    /([\w*-]+)=(?:"([^"]*)"|([^\s";]+))/g,
  )) {
    parameters.set(name.toLowerCase(), quoted === undefined ? bare : decodeName(quoted));
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
