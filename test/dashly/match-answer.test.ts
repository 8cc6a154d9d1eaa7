/** Decides whether a success belongs to a reply. */

import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/dashly/connections/connection.ts';
import { matchAnswer } from '../../src/dashly/match-answer.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

type Data = Readonly<Record<string, unknown>>;

function newConnection(): Connection {
  return { dispatch() {}, flush: async () => {}, close: async () => {}, destroy() {} };
}

/** The match of this data with a reply to conversation 7 whose number the gateway drew. */
function match(data: unknown, randomId = 1, isRandomIdChosen = false, connection = newConnection()): string {
  const sent = { conversationId: '7', randomId, isRandomIdChosen };
  return matchAnswer(data, sent, connection);
}

/** The documented answer with these changes. */
function dataWith(changes: Data): Data {
  return { ...documentedAnswer.data, conversation: '7', ...changes };
}

/** The match of the documented answer with these changes. */
function matchWith(changes: Data, randomId?: number): string {
  return match(dataWith(changes), randomId);
}

describe('a success is accepted', () => {
  test.each<[title: string, changes: Data, randomId?: number]>([
    ['with the random id', { random_id: 5 }, 5],
    ['with the random id as a string', { random_id: '2147483647' }, 2147483647],
    ['with a negative random id', { random_id: -5 }, -5],
    ['with a negative random id that Dashly reads as unsigned', { random_id: 2 ** 32 - 5 }, -5],
    ['with the random id, whatever the conversation is', { random_id: 5, conversation: '8' }, 5],
    ['with the random id, even if its data is unreadable', { random_id: 5, id: null }, 5],
  ])('%s, which is a proof', (_title, changes, randomId) => {
    expect(matchWith(changes, randomId)).toBe('ECHOED');
  });

  test.each<[title: string, changes: Data, randomId?: number]>([
    ['without a random id, in the right conversation', { random_id: undefined }],
    ['with null as the random id, in the right conversation', { random_id: null }],
    ['with 0 as the random id, in the right conversation', { random_id: 0 }],
    ['with "0" as the random id, in the right conversation', { random_id: '0' }],
    ['with an object as the random id, in the right conversation', { random_id: { n: 5 } }],
    ['with 0 as the random id of the caller, in the right conversation', { random_id: 0 }, 0],
    ['without a random id, and the conversation as an object', { random_id: 0, conversation: { id: 7 } }],
    ['without a random id, even if its data is unreadable', { id: null, random_id: 0 }],
    ['without a random id or a conversation', { random_id: undefined, conversation: undefined }],
  ])('%s, which is no proof', (_title, changes, randomId) => {
    expect(matchWith(changes, randomId)).toBe('NOT_ECHOED');
  });

  test.each([null, [], 'text', 5])('if its data is %j', (data) => {
    expect(match(data)).toBe('NOT_ECHOED');
  });
});

describe('a success is rejected', () => {
  test.each<[title: string, changes: Data, randomId?: number]>([
    ['with another random id', { random_id: 6 }, 5],
    ['with another random id as a string', { random_id: '6' }, 5],
    ['with the negated random id', { random_id: -5 }, 5],
    ['with another random id if the caller sent 0', { random_id: 6 }, 0],
    ['with a random id of more than 32 bits', { random_id: 2 ** 32 + 5 }, 5],
    ['with a random id of more than 53 bits', { random_id: '18446744073709551615' }, 5],
    ['with a random id of 30 digits', { random_id: JSON.rawJSON('1'.repeat(30)) }, 5],
    ['with a fraction as the random id', { random_id: 5.5 }, 5],
    ['with an exact fraction as the random id', { random_id: JSON.rawJSON('5.00000000000000000001') }, 6],
    ['without a random id, in another conversation', { random_id: undefined, conversation: '8' }],
    ['with 0 as the random id, in another conversation', { random_id: 0, conversation: '8' }],
    ['with another random id, and unreadable data', { random_id: 6, id: null }, 5],
    [
      'without a random id, in another conversation, and unreadable data',
      { random_id: 0, conversation: '8', id: null },
    ],
  ])('%s', (_title, changes, randomId) => {
    expect(matchWith(changes, randomId)).toBe('STRAY');
  });
});

describe('a random id that the caller chose, which other replies may have as well', () => {
  const chosen = (changes: Data, connection?: Connection) =>
    match(dataWith({ random_id: 5, ...changes }), 5, true, connection);

  test('is accepted in the right conversation', () => {
    expect(chosen({})).toBe('ECHOED');
    expect(chosen({ conversation: undefined })).toBe('ECHOED');
  });

  test('is rejected in another conversation', () => {
    expect(chosen({ conversation: '8' })).toBe('STRAY');
  });

  test('is rejected with the part of an earlier reply on the connection', () => {
    const connection = newConnection();
    expect(chosen({ id: '100' }, connection)).toBe('ECHOED');
    expect(chosen({ id: '100' }, connection)).toBe('STRAY');
    expect(chosen({ id: '100', conversation: undefined }, connection)).toBe('STRAY');
    expect(chosen({ id: '101' }, connection)).toBe('ECHOED');
    expect(chosen({ id: '100' }, newConnection())).toBe('ECHOED');
  });
});

test('without a random id, the part of an earlier reply on the connection is rejected', () => {
  const connection = newConnection();
  expect(match(dataWith({ id: '100', random_id: 0 }), 1, false, connection)).toBe('NOT_ECHOED');
  expect(match(dataWith({ id: '100', random_id: 0 }), 2, false, connection)).toBe('STRAY');
});
