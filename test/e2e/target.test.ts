/** An id cannot change the path, a header or the host of the call to Dashly. */

import { describe, expect, test } from 'vitest';
import { askJson, type HttpAnswer } from '../support/gateway/ask.ts';
import { sendForm } from '../support/gateway/raw-client.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import * as multipart from '../support/multipart-body.ts';
import { type RawUpstream, startRawUpstream } from '../support/upstream/start-raw-upstream.ts';

const selection = '__typename ... on ReplyError { message delivery }';
const mutation = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { ${selection} } }`;
const idMutation = `mutation ($id: ID!) { replyToConversation(input: { conversationId: $id }) { ${selection} } }`;

/** Invalid ids that some parser may accept as an id. */
const hostileTexts: readonly string[] = [
  '',
  ' 1',
  '1 ',
  '0',
  '-1',
  '+1',
  '01',
  '1.0',
  '1e3',
  '1E0',
  '0x1',
  '1_000',
  '1n',
  '18446744073709551616',
  '9'.repeat(5_000),
  'Infinity',
  'NaN',
  'null',
  '.',
  '..',
  '../1',
  '1/..',
  '1/../../admins/1',
  '1/reply?x=1#',
  '1?from_admin=1',
  '1#',
  '1;a=b',
  '1%2f2',
  '1%0d%0aX-Evil: 1',
  '%31',
  '1\\2',
  '1@evil.example',
  '//evil.example/1',
  'http://evil.example/1',
  '1\r\nX-Evil: 1',
  '1 HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /',
  '1\n',
  '\n1',
  '1\r',
  '1\t',
  '1\u0000',
  '1\u0085',
  '1\u00a0',
  '1\u2028',
  '\ufeff1',
  '1\u200b',
  '1\u010d\u010a',
  '\uff11',
  '\u0661',
  '\u0967',
  '\u{1d7ce}',
  '\u00b9',
  '\u2460',
  '1\u0301',
  '\ud800',
  '1,2',
  '["1"]',
];

/** Inserted into the JSON unchanged. */
const hostileNumbers: readonly string[] = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e-1',
  '1e400',
  '-1e400',
  '18446744073709551616',
  '1e20',
  '12345678901234567890.5',
  '1.0000000000000000001',
  '9'.repeat(5_000),
  'true',
  'null',
  '[]',
  '["1","2"]',
  '{}',
  '{"toString":"1"}',
  '{"rawJSON":"../1"}',
];

/** Numbers for an id, in unusual notations. */
const spellings: readonly (readonly [json: string, id: string])[] = [
  ['1', '1'],
  ['"1"', '1'],
  ['"\\u0031"', '1'],
  ['1.0', '1'],
  ['1e3', '1000'],
  ['10E-1', '1'],
  ['9007199254740993', '9007199254740993'],
  ['18446744073709551615', '18446744073709551615'],
  ['"18446744073709551615"', '18446744073709551615'],
];

/** Positions of an id in the input: the JSON or the literal around it. */
const places: readonly (readonly [name: string, around: (id: string, quoted?: boolean) => string])[] = [
  ['conversationId', (id) => `{"conversationId":${id}}`],
  ['from.adminId', (id) => `{"conversationId":"1","from":{"adminId":${id}}}`],
  ['from.userId', (id) => `{"conversationId":"1","from":{"userId":${id}}}`],
  ['autoAssign.adminId', (id) => `{"conversationId":"1","autoAssign":{"adminId":${id}}}`],
];

function withVariables(input: string): string {
  return `{"query":${JSON.stringify(mutation)},"variables":{"input":${input}}}`;
}

function withLiteral(input: string): string {
  const literal = input.replace(/"(\w+)":/g, '$1:');
  return JSON.stringify({ query: `mutation { replyToConversation(input: ${literal}) { ${selection} } }` });
}

/** The lines of a call whose only input of the caller is the id. */
function expectedHead(id: string, base: string, url: string): RegExp {
  const lines = [
    `POST ${base}/conversations/${id}/reply HTTP/1\\.1`,
    `host: ${new URL(url).host.replaceAll('.', '\\.')}`,
    'connection: (?:keep-alive|close)',
    'accept: application/json',
    'accept-encoding: identity',
    'user-agent: dashly-graphql-gateway',
    'authorization: Token sandbox',
    'content-type: (?:application/x-www-form-urlencoded|multipart/form-data; boundary=[-\\w]+)',
    'content-length: \\d+',
  ];
  return new RegExp(`^${lines.join('\\r\\n')}$`, 'i');
}

function expectRefused({ status, text }: HttpAnswer): void {
  expect(status === 200 || status === 400, text).toBe(true);
  expect(text).toMatch(/"__typename":"InvalidReplyError"|"errors":\[/);
  expect(text).not.toContain('Unexpected error');
}

async function start(base = ''): Promise<{ url: string; origin: string; upstream: RawUpstream }> {
  const upstream = await startRawUpstream();
  const { url, origin } = await startGateway({ DASHLY_API_URL: upstream.url + base });
  return { url, origin, upstream };
}

describe.each(places)('%s', (_place, around) => {
  test('that is hostile sends nothing, as a variable and as a literal', async () => {
    const { url, upstream } = await start();
    for (const text of hostileTexts) {
      const json = JSON.stringify(text);
      for (const params of [withVariables(around(json)), withLiteral(around(json))]) {
        expectRefused(await askJson(url, params));
      }
    }
    for (const json of hostileNumbers) {
      // A sender that is null counts as missing; an optional id may be null.
      for (const params of [withVariables(around(json)), withLiteral(around(json))]) {
        expectRefused(await askJson(url, params));
      }
    }
    expect(upstream.connections()).toBe(0);
  });
});

test('a conversation in any notation arrives in plain digits, in a separate request', async () => {
  const { url, upstream } = await start('/v2/');
  for (const [json, id] of spellings) {
    const before = upstream.requests.length;
    const answers = [
      await askJson(url, withVariables(`{"conversationId":${json}}`)),
      await askJson(url, `{"query":${JSON.stringify(idMutation)},"variables":{"id":${json}}}`),
    ];
    for (const { text } of answers) expect(text).toContain('ReplyToConversationPayload');
    const heads = upstream.requests.slice(before).map(({ head }) => head);
    expect(heads).toHaveLength(2);
    for (const head of heads) expect(head).toMatch(expectedHead(id, '/v2', upstream.url));
  }
});

test('all other input of a caller stays in the body', async () => {
  const { url, origin, upstream } = await start();
  const evil =
    '1\r\nHost: evil.example\r\nX-Evil: 1\r\n\r\nPOST /conversations/2/reply HTTP/1.1\r\n\r\n\u010d\u010a';
  const input = {
    conversationId: '1',
    body: evil,
    bodyJson: { [evil]: evil },
    externalId: evil,
    referrer: evil,
    actions: [{ quickReply: { body: evil, metaData: { [evil]: evil } } }],
  };
  const { text } = await askJson(url, withVariables(JSON.stringify(input)));
  expect(text).toContain('ReplyToConversationPayload');
  const form = multipart.form(
    multipart.replyOperations(input, { fileName: evil }),
    multipart.map(),
    multipart.file(evil, { disposition: '; filename="a%0D%0AX-Evil: 1.txt"', type: 'text/plain; x="a: b"' }),
  );
  expect(await sendForm(origin, form)).toMatchObject({ status: 200 });
  expect(upstream.requests).toHaveLength(2);
  for (const { head } of upstream.requests) expect(head).toMatch(expectedHead('1', '', upstream.url));
});

test.each<Record<string, string>>([
  { host: 'evil.example' },
  { host: '127.0.0.1:9' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
  { 'x-original-url': '/conversations/2/reply', 'x-rewrite-url': '/conversations/2/reply' },
  { 'x-http-method-override': 'DELETE' },
  { referer: 'http://evil.example/', origin: 'http://evil.example' },
])('the headers %j of a caller change nothing', async (headers) => {
  const { url, upstream } = await start();
  await askJson(url, withVariables('{"conversationId":"1"}'), headers);
  expect(upstream.requests).toHaveLength(1);
  for (const { head } of upstream.requests) expect(head).toMatch(expectedHead('1', '', upstream.url));
});

test('a redirect is not followed, to any target', async () => {
  const elsewhere = await startRawUpstream();
  const upstream = await startRawUpstream({
    answer: (socket) =>
      void socket.write(
        `HTTP/1.1 307 x\r\nlocation: ${elsewhere.url}/conversations/2/reply\r\ncontent-length: 0\r\n\r\n`,
      ),
  });
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
  const { text } = await askJson(url, withVariables('{"conversationId":"1"}'));
  expect(text).toContain('DashlyUnavailableError');
  expect(upstream.requests).toHaveLength(1);
  expect(elsewhere.connections()).toBe(0);
});
