/** So many uploads may be under way at once, and so many of one person. */

import { describe, expect, test } from 'vitest';
import type { Caller, CallerKind } from '../../src/conversation/caller.ts';
import { allRights } from '../../src/conversation/caller-rights.ts';
import { UploadSlots } from '../../src/http/upload-slots.ts';

const caller = (id: string, kind: CallerKind = 'jwt'): Caller => ({
  kind,
  id,
  authorization: 'Token t',
  rights: allRights,
});

/** Takes as many as there are, up to 1,000, and returns what gives them back. */
function takeAll(slots: UploadSlots, who: Caller | null): (() => void)[] {
  const releases: (() => void)[] = [];
  for (let release = slots.take(who); release && releases.length < 1_000; release = slots.take(who)) {
    releases.push(release);
  }
  return releases;
}

describe('alone', () => {
  test.each<[name: string, who: Caller | null, count: number]>([
    ['a caller with a JWT', caller('me'), 8],
    ['a caller with an API key', caller('me', 'api-key'), 64],
    ["a caller with a token of Dashly's", caller('me', 'dashly-token'), 64],
    ['nobody that is known', null, 64],
  ])('%s has so many, and again once they are given back', (_name, who, count) => {
    const slots = new UploadSlots();
    for (const _time of [1, 2]) {
      const releases = takeAll(slots, who);
      expect(releases).toHaveLength(count);
      for (const release of releases) release();
    }
  });
});

test('eight callers with JWTs have all of them, and nobody else has any', () => {
  const slots = new UploadSlots();
  const taken = Array.from({ length: 8 }, (_, index) => takeAll(slots, caller(`${index}`)));
  expect(taken.map(({ length }) => length)).toEqual(Array(8).fill(8));
  const others = [null, caller('8'), caller('key', 'api-key'), caller('token', 'dashly-token')];
  for (const other of others) expect(slots.take(other)).toBeNull();
  taken[0]?.[0]?.();
  for (const other of others) {
    const release = slots.take(other);
    expect(release).not.toBeNull();
    expect(slots.take(other)).toBeNull();
    release?.();
  }
});

test('one that is given back is for the same caller again, and one only', () => {
  const slots = new UploadSlots();
  const me = caller('me');
  const [first, second] = takeAll(slots, me);
  expect(slots.take(me)).toBeNull();
  first?.();
  expect(takeAll(slots, me)).toHaveLength(1);
  expect(slots.take(caller('you'))).not.toBeNull();
  second?.();
  expect(takeAll(slots, me)).toHaveLength(1);
});

test('one that was refused takes nothing', () => {
  const slots = new UploadSlots();
  const mine = takeAll(slots, caller('me'));
  for (let times = 0; times < 100; times++) expect(slots.take(caller('me'))).toBeNull();
  expect(takeAll(slots, null)).toHaveLength(56);
  for (const release of mine) release();
  expect(takeAll(slots, null)).toHaveLength(8);
});
