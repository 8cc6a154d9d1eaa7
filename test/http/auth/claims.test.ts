/** The claims of a JWT grant the rights that they name, and none if they are invalid. */

import { describe, expect, test } from 'vitest';
import type { CallerRights, Speaker } from '../../../src/conversation/callers/caller-rights.ts';
import { rightsFromClaims } from '../../../src/http/auth/claims.ts';

/** Through JSON, as in a token. */
function read(claims: object | string) {
  return rightsFromClaims(JSON.parse(typeof claims === 'string' ? claims : JSON.stringify(claims)));
}

const admin = (id: string) => ({ kind: 'admin', id }) as const;
const user = (id: string) => ({ kind: 'user', id }) as const;
const anyone = (byDefault: Extract<Speaker, { kind: 'anyone' }>['byDefault'] = null): Speaker => ({
  kind: 'anyone',
  byDefault,
});
const noRights = (reason: RegExp) => ({ kind: 'none', reason: expect.stringMatching(reason) });
const unreadable = (claim: string) =>
  noRights(new RegExp(`^The claim ${claim} of the token has an invalid format\\.$`));
const noName = noRights(/^The token names neither an admin nor a user\.$/);
const bothNames = noRights(/^The token names both an admin and a user/);
const any = 'dashly:reply:any';

describe('the senders that a caller may use', () => {
  test.each<[claims: object | string, speaker: unknown]>([
    [{ dashly_admin_id: '8164' }, admin('8164')],
    [{ dashly_user_id: '42' }, user('42')],
    [{ dashly_admin_id: 8164 }, admin('8164')],
    [{ dashly_user_id: 42 }, user('42')],
    [{ dashly_user_id: '18446744073709551615' }, user('18446744073709551615')],
    [{ dashly_user_id: '9007199254740993' }, user('9007199254740993')],
    [{ dashly_user_id: Number.MAX_SAFE_INTEGER }, user('9007199254740991')],
    ['{"dashly_user_id": 42.0}', user('42')],
    [{ dashly_admin_id: '1', scope: 'openid profile' }, admin('1')],
    [{ scope: any }, anyone()],
    [{ scope: any, dashly_admin_id: '1' }, anyone(admin('1'))],
    [{ scope: any, dashly_user_id: '1' }, anyone(user('1'))],
    [{ scope: `openid ${any} profile` }, anyone()],
    [{ scope: `${any} openid` }, anyone()],
    [{ scope: `openid  ${any}` }, anyone()],
    [{}, noName],
    [{ dashly_admin_id: '1', dashly_user_id: null, scope: null, sub: null }, admin('1')],
    [{ dashly_admin_id: null, dashly_user_id: '1', scope: null, sub: null }, user('1')],
    [{ dashly_admin_id: null, dashly_user_id: null, scope: any }, anyone()],
    [{ dashly_admin_id: null, dashly_user_id: null, scope: null, sub: null }, noName],
    [{ sub: 'me' }, noName],
    [{ scope: '' }, noName],
    [{ scope: `${any}x` }, noName],
    [{ scope: `x${any}` }, noName],
    [{ scope: 'dashly:reply' }, noName],
    [{ scope: 'dashly:reply:any:none' }, noName],
    [{ scope: 'DASHLY:REPLY:ANY' }, noName],
    [{ scope: `openid,${any}` }, noName],
    [{ scope: `openid\n${any}` }, noName],
    [{ scopes: any, permissions: [any] }, noName],
    [{ scope: [any] }, anyone()],
    [{ scope: ['openid', any] }, anyone()],
    [{ scope: [`openid ${any}`], dashly_user_id: '1' }, anyone(user('1'))],
    [{ scope: [] }, noName],
    [{ scope: ['openid'], dashly_admin_id: '1' }, admin('1')],
    [{ scope: [`${any}x`, ''] }, noName],
    [{ scp: any }, anyone()],
    [{ scp: `openid ${any}` }, anyone()],
    [{ scp: ['openid', any] }, anyone()],
    [{ scp: ['openid'], dashly_admin_id: '1' }, admin('1')],
    [{ scope: 'openid', scp: [any] }, anyone()],
    [{ scope: any, scp: null }, anyone()],
    [{ admin_id: '1', dashlyAdminId: '1', DASHLY_ADMIN_ID: '1' }, noName],
    [{ dashly: { admin_id: '1' } }, noName],
    ['{"__proto__": {"dashly_admin_id": "1", "scope": "dashly:reply:any"}}', noName],
    [{ dashly_admin_id: '1', dashly_user_id: '1' }, bothNames],
    [{ dashly_admin_id: '1', dashly_user_id: '2', scope: any }, bothNames],
  ])('%j', (claims, speaker) => {
    expect(read(claims).rights).toEqual({ speaker, conversationIds: null });
  });
});

describe('invalid claims result in no rights', () => {
  const badIds: readonly unknown[] = [
    '',
    ' ',
    '0',
    '01',
    '-1',
    '+1',
    '1.5',
    '1e3',
    ' 1',
    '1\n',
    '0x10',
    '٣',
    '1/../2',
    'default_admin',
    '18446744073709551616',
    '9'.repeat(30),
    0,
    -1,
    -42,
    1.5,
    2 ** 53,
    1e21,
    true,
    false,
    [],
    ['1'],
    [1],
    {},
    { id: '1' },
  ];
  test.each(badIds)('an id %j', (id) => {
    for (const claim of ['dashly_admin_id', 'dashly_user_id']) {
      expect(read({ [claim]: id, sub: 'me' }).rights.speaker).toEqual(unreadable(claim));
      // Neither the scope nor the other id compensates for an invalid id.
      const rest = claim === 'dashly_admin_id' ? { dashly_user_id: '1' } : { dashly_admin_id: '1' };
      expect(read({ [claim]: id, scope: any }).rights.speaker).toEqual(unreadable(claim));
      expect(read({ [claim]: id, ...rest }).rights.speaker).toEqual(unreadable(claim));
    }
    for (const ids of [[id], ['1', id], [id, '1']]) {
      const { speaker } = read({ dashly_admin_id: '1', dashly_conversation_ids: ids }).rights;
      expect(speaker).toEqual(unreadable('dashly_conversation_ids'));
    }
  });

  test.each<[claims: object | string, claim: string]>([
    ['{"dashly_admin_id": 9007199254740993}', 'dashly_admin_id'],
    ['{"dashly_admin_id": 12345678901234567890}', 'dashly_admin_id'],
    ['{"dashly_admin_id": 1e400}', 'dashly_admin_id'],
    [{ scope: [[any]] }, 'scope'],
    [{ scope: [any, 1] }, 'scope'],
    [{ scope: any, scp: { [any]: true } }, 'scp'],
    [{ scp: [null], dashly_admin_id: '1' }, 'scp'],
    [{ scope: { [any]: true } }, 'scope'],
    [{ scope: true, dashly_admin_id: '1' }, 'scope'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: '1' }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: 1 }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: null }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: {} }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: { length: 1, 0: '1' } }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: [['1']] }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: [null] }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', dashly_conversation_ids: '*' }, 'dashly_conversation_ids'],
    [{ dashly_admin_id: '1', sub: 7 }, 'sub'],
    [{ dashly_admin_id: '1', sub: ['a'] }, 'sub'],
    [{ dashly_admin_id: '1', sub: {} }, 'sub'],
    [{ dashly_admin_id: '1', sub: { toString: 1, valueOf: 1 } }, 'sub'],
  ])('%j', (claims, claim) => {
    expect(read(claims).rights.speaker).toEqual(unreadable(claim));
  });
});

test.each<[ids: unknown[], expected: string[]]>([
  [['1'], ['1']],
  [[1], ['1']],
  [
    ['1', 2, '18446744073709551615'],
    ['1', '2', '18446744073709551615'],
  ],
  [['1', 1, '1'], ['1']],
  [[], []],
])('reads the conversations %j as %j', (ids, expected) => {
  for (const claims of [{ dashly_admin_id: '1' }, { dashly_user_id: '1' }, { scope: any }]) {
    const { conversationIds }: CallerRights = read({ ...claims, dashly_conversation_ids: ids }).rights;
    expect(conversationIds).toEqual(new Set(expected));
  }
});

describe('the identity of a caller', () => {
  const callers: readonly object[] = [
    { dashly_admin_id: '1' },
    { dashly_admin_id: '2' },
    { dashly_user_id: '1' },
    { dashly_user_id: '2' },
    { scope: any },
    { scope: any, sub: '1' },
    { scope: any, sub: '' },
    { scope: any, sub: 'null' },
    { scope: any, sub: 'undefined' },
    { dashly_admin_id: '1', sub: 'a' },
    { dashly_admin_id: '1', sub: 'b' },
    { dashly_admin_id: '1', sub: 'a"' },
    { dashly_user_id: '1', sub: 'a' },
    { scope: any, sub: 'a","1' },
    { scope: any, sub: 'a","1",null]' },
    { scope: any, sub: '["a","1",null]' },
    { scope: any, sub: 'a:1' },
    { dashly_admin_id: '11', sub: 'a' },
    { dashly_admin_id: '1', sub: 'a1' },
  ];

  test('differs for different subjects and different Dashly ids', () => {
    expect(new Set(callers.map((claims) => read(claims).identity)).size).toBe(callers.length);
  });

  test.each([{}, { sub: 'me' }, { dashly_user_id: '1' }])(
    'of %j does not depend on conversations, nor on null for a missing claim',
    (claims) => {
      const { identity } = read(claims);
      const nulls = { sub: null, scope: null, dashly_admin_id: null, dashly_user_id: null };
      for (const dashly_conversation_ids of [['1'], ['2'], ['1', '2'], []]) {
        expect(read({ ...claims, dashly_conversation_ids }).identity).toBe(identity);
      }
      expect(read({ ...nulls, ...claims }).identity).toBe(identity);
    },
  );

  test('is the same for all tokens with the same subject and Dashly ids', () => {
    const claims = { sub: 'me', dashly_admin_id: '1' };
    const { identity } = read(claims);
    for (const more of [{ exp: 1 }, { jti: 'x' }, { iat: 5 }, { scope: 'openid' }, { dashly_admin_id: 1 }]) {
      expect(read({ ...claims, ...more }).identity).toBe(identity);
    }
  });
});
