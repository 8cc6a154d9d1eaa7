/**
 * Parses `multipart/form-data` (RFC 7578) byte for byte, as strictly as the strictest server.
 * `Request.formData()` repairs broken text, which would hide faults of a client. What some servers drop silently is an
 * error here.
 */
import { decodeUtf8, MalformedBody } from './decode-utf8.ts';

/** A file of a multipart body, its bytes exactly as they were sent. */
export interface UploadedFile {
  /** The name of its form field. */
  fieldName: string;
  /** The name in the part's headers; never empty. */
  filename: string;
  /** The part's own content type, `application/octet-stream` if it has none. */
  mimeType: string;
  bytes: Uint8Array;
}

/** The text fields and the files of a form, each in order of arrival. */
export interface Form {
  fields: Array<[name: string, value: string]>;
  files: UploadedFile[];
}

const maxHeaderBytes = 1024;

/** Splits a whole body into its parts. Throws `MalformedBody` if it is truncated or does not follow the format. */
export function parseMultipart(body: Buffer, boundary: string): Form {
  const form: Form = { fields: [], files: [] };
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');

  // At the very start of the body the first delimiter has no line break before it.
  let position: number;
  if (startsWith(body, 0, delimiter.subarray(2))) position = delimiter.length - 2;
  else position = find(body, delimiter, 0, 'its first boundary') + delimiter.length;

  while (!startsWith(body, position, '--')) {
    while (body[position] === 0x20 || body[position] === 0x09) position += 1;
    if (!startsWith(body, position, '\r\n')) {
      throw new MalformedBody('A boundary of the multipart body is not followed by a new line.');
    }
    const headersEnd = find(body, '\r\n\r\n', position, 'the end of the headers of a part');
    if (headersEnd - position > maxHeaderBytes) {
      throw new MalformedBody(
        `The headers of a part are longer than ${maxHeaderBytes} bytes; Django drops such a part.`,
      );
    }
    const headers = readHeaders(decodeUtf8(body.subarray(position + 2, headersEnd), 'A header of a part'));
    const start = headersEnd + 4;
    // Two bytes back: the line break that ends the headers may also begin the delimiter.
    const end = find(body, delimiter, start - 2, 'its last boundary');
    addPart(form, headers, body.subarray(start, Math.max(start, end)));
    position = end + delimiter.length;
  }
  return form;
}

function addPart(form: Form, headers: Map<string, string>, content: Buffer): void {
  const parameters = readDisposition(headers.get('content-disposition') ?? '');
  const name = parameters.get('name');
  if (!name) throw new MalformedBody('A part of the multipart body has no name.');
  const encoding = headers.get('content-transfer-encoding') ?? 'binary';
  if (!/^(?:7bit|8bit|binary)$/i.test(encoding)) {
    throw new MalformedBody(
      `Content-Transfer-Encoding ${JSON.stringify(encoding)} is not supported in a multipart body.`,
    );
  }
  if (parameters.has('filename*')) {
    throw new MalformedBody(
      'A part of the multipart body has the parameter filename*, which RFC 7578 forbids.',
    );
  }
  const filename = parameters.get('filename');
  if (filename === undefined) {
    form.fields.push([name, decodeUtf8(content, `The field ${name}`)]);
    return;
  }
  // A browser sends this for a file input without a file.
  if (filename === '' && content.length === 0) return;
  if (isDropped(filename)) {
    throw new MalformedBody(`Some servers drop a file with the name ${JSON.stringify(filename)}.`);
  }
  const mimeType = headers.get('content-type') ?? 'application/octet-stream';
  if (/^multipart\//i.test(mimeType)) {
    throw new MalformedBody('Some servers parse a file of a multipart type as nested parts.');
  }
  form.files.push({
    fieldName: name,
    filename,
    mimeType,
    // A plain view of the same memory, not a `Buffer`.
    bytes: new Uint8Array(content.buffer, content.byteOffset, content.length),
  });
}

/** Whether no name is left after decoding, taking the last part of the path and removing invisible characters. */
function isDropped(filename: string): boolean {
  // Django decodes entities, and one may be a slash.
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
    if (colon < 1) throw new MalformedBody('A part of the multipart body has a header line without a name.');
    const name = line.slice(0, colon).toLowerCase();
    if (headers.has(name))
      throw new MalformedBody(`A part of the multipart body has the header ${name} twice.`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function readDisposition(header: string): Map<string, string> {
  const whole =
    /^form-data((?:\s*;\s*[\w*-]+=(?:"(?:[^"\\\p{Cc}\u2028\u2029]|\\(?!"))*"|[^\s";]+))*)$/iu.exec(header);
  if (whole === null) {
    throw new MalformedBody('A part of the multipart body has no valid Content-Disposition.');
  }
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of (whole[1] ?? '').matchAll(
    /([\w*-]+)=(?:"([^"]*)"|([^\s";]+))/g,
  )) {
    const key = name.toLowerCase();
    if (parameters.has(key))
      throw new MalformedBody(`A part of the multipart body has the parameter ${key} twice.`);
    parameters.set(key, quoted === undefined ? bare : decodeName(quoted));
  }
  return parameters;
}

/** The HTML standard escapes exactly these three characters; any other `%` is literal. */
function decodeName(text: string): string {
  return text.replace(/%22|%0D|%0A/gi, (escaped) => decodeURIComponent(escaped));
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
