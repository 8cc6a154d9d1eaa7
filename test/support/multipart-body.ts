/** Writes bodies of `multipart/form-data` byte by byte, well-formed or malformed. */

export const boundary = 'x-x-boundary-7e3';

/** One part with the boundary before it and the line break after it. */
export function part(header: string, content: string | Buffer = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\n${header}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
}

export function field(name: string, content: string | Buffer): Buffer {
  return part(`Content-Disposition: form-data; name="${name}"`, content);
}

export const closing = Buffer.from(`--${boundary}--\r\n`);

/** The parts, then the closing boundary. */
export function form(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([...parts.map((it) => Buffer.from(it)), closing]);
}

export interface FileOptions {
  readonly name?: string;
  /** All of Content-Disposition after the name, unescaped. */
  readonly disposition?: string;
  /** Null omits the header. */
  readonly type?: string | null;
}

export function file(content: string | Buffer = 'bytes', options: FileOptions = {}): Buffer {
  const { name = '0', disposition = '; filename="a.txt"', type = 'text/plain' } = options;
  const typeLine = type === null ? '' : `\r\nContent-Type: ${type}`;
  return part(`Content-Disposition: form-data; name="${name}"${disposition}${typeLine}`, content);
}

export const selection = `
  __typename
  ... on ReplyToConversationPayload {
    part { id body bodyJson actions { ... on QuickReply { body metaData } } attachments { filename mimeType size url } }
  }
  ... on ReplyError { message delivery }
  ... on InvalidReplyError { issues { path message } }
  ... on AttachmentTooBigError { maxBytes }
  ... on DashlyRejectedError { status code }
  ... on DashlyUnavailableError { reason }
`;

export const mutation = `mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) { ${selection} }
}`;

export const filePath = 'variables.input.attachment.file';

/** The field `operations`; `variables` may be a JSON text for numbers that JavaScript cannot represent. */
export function operations(
  variables: object | string = { input: { conversationId: '1', attachment: { file: null } } },
  query = mutation,
): Buffer {
  const text = typeof variables === 'string' ? variables : JSON.stringify(variables);
  return field('operations', `{"query": ${JSON.stringify(query)}, "variables": ${text}}`);
}

/** The same for one reply with one file; further fields of the input, or replacements, may be given. */
export function replyOperations(input: object = {}, attachment: object = {}): Buffer {
  return operations({ input: { conversationId: '1', ...input, attachment: { file: null, ...attachment } } });
}

export function map(entries: unknown = { '0': [filePath] }): Buffer {
  return field('map', typeof entries === 'string' ? entries : JSON.stringify(entries));
}

/** A complete request for one reply with one file. */
export function upload(content: string | Buffer = 'bytes', options: FileOptions = {}): Buffer {
  return form(replyOperations(), map(), file(content, options));
}

/** The head of a request with a body of this length; `chunked` announces no length. */
export function head(bytes: number | 'chunked', headers: Record<string, string | null> = {}): Buffer {
  const all: Record<string, string | null> = {
    host: 'gateway',
    authorization: 'Token sandbox',
    accept: 'application/json',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'apollo-require-preflight': 'true',
    ...(bytes === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => (value === null ? '' : `${name}: ${value}\r\n`));
  return Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** The bytes as chunks of a chunked body, without the last chunk. */
export function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
