/** What a response of Dashly, or of a proxy in front of it, proves. */

import { describe, expect, test } from 'vitest';
import { type DecodedResponse, decodeResponse } from '../../src/dashly/decode-response.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import {
  type DashlyException,
  type ExceptionName,
  type RestFailure,
  unavailable,
} from '../../src/dashly/rest-failure.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

const secret = 'SECRET-UPSTREAM-TEXT';

interface Answer {
  readonly status: number;
  readonly text: string | null;
  readonly hasKnownEnd?: boolean;
}

function answerJson(json: unknown, status = 200): Answer {
  return { status, text: typeof json === 'string' ? json : JSON.stringify(json) };
}

function decode({ status, text, hasKnownEnd = true }: Answer, token = 'caller'): DecodedResponse {
  const { source } = collectUndocumented();
  const response = { status, text, date: null, retryAfterSeconds: 7, hasKnownEnd };
  return decodeResponse(response, { token, source });
}

function exception(name: ExceptionName): DashlyException {
  return { kind: 'exception', name, errorFields: expect.anything(), retryAfterSeconds: 7 };
}

function rejected(status: number, code: string | null = null): RestFailure {
  return { kind: 'rejection', status, code };
}

const serverError = unavailable('SERVER_ERROR', 'UNKNOWN');
const badAnswer = unavailable('BAD_RESPONSE', 'UNKNOWN');

function refusal(error: unknown, status: unknown): object {
  return { meta: { status, error, error_message: secret, error_fields: { [secret]: [secret] } }, data: {} };
}

type Case = [answer: Answer, failure: RestFailure];

function expectFailures(...cases: Case[]): void {
  for (const [answer, failure] of cases) expect(decode(answer)).toEqual({ failure });
}

const documented: [name: ExceptionName, status: number][] = [
  ['ReplyTooBig', 400],
  ['ValidationError', 400],
  ['BadRequest', 400],
  ['LookupError', 400],
  ['NotAuthenticated', 401],
  ['PermissionDeniedError', 403],
  ['Error404', 404],
  ['MethodNotAllowed', 405],
  ['TooManyRequests', 429],
  ['Error500', 500],
];

test.each(documented)('%s decides, regardless of the status', (name, documentedStatus) => {
  for (const status of [documentedStatus, 302, 400, 404, 413, 429, 500, 503]) {
    for (const repeated of [status, documentedStatus]) {
      expectFailures([answerJson(refusal(name, repeated), status), exception(name)]);
    }
  }
  expectFailures([answerJson(refusal(name, documentedStatus), 200), exception(name)]);
  expectFailures([
    answerJson({ meta: { error: name } }, documentedStatus),
    { ...exception(name), errorFields: undefined },
  ]);
});

test.each(documented)('%s proves nothing beside a success in the envelope', (name) => {
  for (const repeated of [200, '200', 204]) {
    for (const status of [200, 400, 429])
      expectFailures([answerJson(refusal(name, repeated), status), badAnswer]);
  }
  expectFailures([answerJson({ ...refusal(name, 200), ...documentedAnswer }, 400), badAnswer]);
});

describe('undocumented names', () => {
  test.each([
    [400, 'SomethingNew', rejected(400, 'SomethingNew')],
    [409, 'Something_New2', rejected(409, 'Something_New2')],
    [413, 'AttachmentTooBig', rejected(413, 'AttachmentTooBig')],
    [401, 'TokenExpired', rejected(401, 'TokenExpired')],
    [400, 'lookuperror', rejected(400, 'lookuperror')],
    [400, 'A'.repeat(64), rejected(400, 'A'.repeat(64))],
    [500, 'SomethingNew', serverError],
    [302, 'SomethingNew', badAnswer],
  ])('%d with %s', (status, name, failure) =>
    expectFailures([answerJson(refusal(name, status), status), failure]),
  );

  test('a name that is not a plain word is not passed on', () => {
    const names = [
      `<b>${secret}</b>`,
      secret,
      `Error ${secret}`,
      `Error\n${secret}`,
      'A'.repeat(65),
      `SECRET${'A'.repeat(100_000)}`,
      '',
      '5Error',
      'replyToo-big',
      'ОшибкаSECRET',
      'LookupError ',
      'LookupError\n',
      '__proto__',
    ];
    expectFailures(
      ...names.flatMap((name): Case[] => [
        [answerJson(refusal(name, 400), 400), rejected(400)],
        [answerJson(refusal(name, 500), 500), serverError],
      ]),
    );
  });

  test('a name that is not a string is ignored', () => {
    const errors = [null, undefined, 5, {}, [], ['LookupError'], { LookupError: 1 }, true];
    expectFailures(...errors.map((error): Case => [answerJson(refusal(error, 418), 418), rejected(418)]));
  });
});

describe('a status of 200 with a different status in the envelope', () => {
  test.each([
    [400, rejected(400)],
    [404, rejected(404)],
    [413, rejected(413)],
    [429, rejected(429)],
    [500, serverError],
    [503, serverError],
    [408, serverError],
    [302, badAnswer],
    [201, badAnswer],
    [100, badAnswer],
    [600, badAnswer],
    [0, badAnswer],
    [400.5, badAnswer],
    ['400 Bad Request', badAnswer],
    ['400', rejected(400)],
    [null, badAnswer],
    [undefined, badAnswer],
    [true, badAnswer],
  ])('%s', (status, failure) => {
    expectFailures(
      [answerJson({ meta: { status }, data: {} }), failure],
      [answerJson({ meta: { status }, data: documentedAnswer.data }), failure],
    );
  });

  test('with an undocumented name', () =>
    expectFailures([answerJson(refusal('SomethingNew', 409)), rejected(409, 'SomethingNew')]));

  test('with an undocumented name and a success status', () =>
    expectFailures([
      answerJson({ data: documentedAnswer.data, meta: { status: 200, error: 'Odd' } }),
      badAnswer,
    ]));
});

describe('a success envelope', () => {
  test.each([200, '200'])('with the status %j is a success, whatever its data is', (status) => {
    for (const data of [documentedAnswer.data, {}, null, undefined, [], { reply: { uuid: 1 } }]) {
      for (const httpStatus of [200, 201]) {
        expect(decode(answerJson({ meta: { status }, data }, httpStatus))).toEqual({
          data,
          meta: { status },
        });
      }
    }
  });

  test.each([400, 404, 429])('with the HTTP status %i proves nothing', (status) => {
    expectFailures(
      [answerJson(documentedAnswer, status), badAnswer],
      [answerJson({ meta: { status: 200 }, data: {} }, status), badAnswer],
    );
  });
});

describe('a rejection whose name contains the token', () => {
  const token = 'app-1234-a3F9c0FFee77d1.b2';
  const letters = 'app1234a3F9c0FFee77d1b2';

  function codeFor(error: string): string | null {
    const { failure } = decode(answerJson(refusal(error, 400), 400), token);
    if (failure?.kind !== 'rejection') throw new Error('It is no rejection.');
    return failure.code;
  }

  test.each([
    token,
    `InvalidToken_${token}`,
    `InvalidToken_${letters}`,
    `InvalidToken_${letters.toUpperCase()}`,
    `InvalidToken_${letters.toLowerCase()}`,
    'InvalidToken_app_1234_a3F9c0FFee77d1_b2',
    `InvalidToken[${token}]`,
    `InvalidToken(${letters})`,
    `Token_${letters}_is_wrong`,
    `T${letters.slice(0, 12)}`,
    `T_${letters.slice(-9)}`,
    'a3F9c0FFee77d1',
    'FFee',
    [...letters].join('_'),
  ])('does not pass on %s', (error) => {
    expect(codeFor(error)).toBeNull();
  });

  test('passes on a name without any of it', () => {
    expect(codeFor('InvalidToken_app')).toBe('InvalidToken_app');
  });

  test.each(documented)('counts as %s, though the token contains that', (name, status) => {
    const answer = answerJson(refusal(name, status), status);
    expect(decode(answer, `x-${name}-x${status}`)).toEqual({ failure: exception(name) });
  });
});

const page = `<!DOCTYPE html><html><head><title>${secret}</title></head><body>${secret}</body></html>`;

describe('a response that is not an envelope', () => {
  const pages: [title: string, text: string][] = [
    ['HTML', page],
    ['nothing', ''],
    ['a string', secret],
    ['an array', `["${secret}"]`],
    ['null', 'null'],
    ['a number', '12345678901234567890'],
    ['a JSON text', `"${secret}"`],
    ['an empty object', '{}'],
    ['an object of another kind', `{"error": "LookupError", "message": "${secret}"}`],
    ['an envelope of odd types', `{"meta": ["${secret}"], "data": "${secret}"}`],
    ['very deep nesting', '['.repeat(200_000)],
    ['a deep list with a long number', `${'['.repeat(50_000)}12345678901234567890${']'.repeat(50_000)}`],
  ];

  test.each(pages)('%s', (_title, text) => {
    const cases = (statuses: number[], failure: (status: number) => RestFailure): Case[] =>
      statuses.map((status) => [answerJson(text, status), failure(status)]);
    expectFailures(
      ...cases([200, 201, 299], () => badAnswer),
      ...cases([400, 401, 403, 404, 418, 429, 499], (status) => rejected(status)),
      ...cases([413], () => rejected(413)),
      ...cases([408, 500, 502, 503, 504, 599], () => serverError),
      ...cases([300, 399, 600, 999], () => badAnswer),
    );
  });
});

describe('a response that may hide an envelope proves nothing', () => {
  const long = `{"data":${'['.repeat(50_000)}12345678901234567890${']'.repeat(50_000)}}`;
  const cutOff = JSON.stringify(refusal('LookupError', 400)).slice(0, -1);

  test.each<[title: string, answer: Omit<Answer, 'status'>]>([
    ['bytes that are not text', { text: null }],
    ['very deep nesting with a long number', { text: long }],
    ['values that need too much memory', { text: `{"data":[${'{},'.repeat(500_000)}{}]}` }],
    ['half of an envelope', { text: ` ${cutOff}` }],
    ['an envelope before other text', { text: `${cutOff}}<!-- x -->` }],
    ['half of an envelope whose end is unknown', { text: cutOff, hasKnownEnd: false }],
    ['nothing, if its end is unknown', { text: '', hasKnownEnd: false }],
    ['a page whose end is unknown', { text: page, hasKnownEnd: false }],
    ['an envelope whose status is not an integer', { text: '{"meta":{"status":200.5}}' }],
    ['an envelope whose status is a list', { text: '{"meta":{"status":[200],"error":"Teapot"}}' }],
  ])('%s', (_title, answer) => {
    for (const status of [200, 400, 409, 413, 429]) expectFailures([{ status, ...answer }, badAnswer]);
    for (const status of [408, 500, 504]) expectFailures([{ status, ...answer }, serverError]);
  });

  test('a whole envelope is readable, even if its end is unknown', () => {
    const whole = { status: 400, text: `${cutOff}}`, hasKnownEnd: false };
    expectFailures([whole, exception('LookupError')]);
    const undocumented = { ...answerJson(refusal('Teapot', 418), 418), hasKnownEnd: false };
    expectFailures([undocumented, rejected(418, 'Teapot')]);
  });
});

test('a 408 proves something only with a documented name', () => {
  expectFailures([answerJson(refusal('LookupError', 408), 408), exception('LookupError')]);
  expectFailures([answerJson(refusal('RequestTimeout', 408), 408), serverError]);
  expectFailures([answerJson('{}', 408), serverError]);
});
