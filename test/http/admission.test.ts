/** The resources of requests are limited for each caller and in total. */

import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Admission, Admitted } from '../../src/http/admission.ts';

const limits = { maxOperationsPerCaller: 3, maxBytes: 1_000, maxBytesPerCaller: 400, maxUploads: 5 };

/** A response whose bytes stay unread until `close` is emitted. */
class FakeResponse extends EventEmitter {
  writableLength = 0;
  isDestroyed = false;

  destroy(): void {
    this.isDestroyed = true;
    setImmediate(() => this.emit('close'));
  }
}

function admit(admission: Admission, callerId: string): { admitted: Admitted; response: FakeResponse } {
  const response = new FakeResponse();
  const admitted = admission.admit(callerId, response as unknown as ServerResponse);
  if (!(admitted instanceof Admitted)) throw new Error(`Refused: ${admitted}`);
  return { admitted, response };
}

describe('operations', () => {
  test('of one caller are limited without affecting other callers', () => {
    const admission = new Admission(limits);
    for (let count = 0; count < 3; count++) admit(admission, 'me');
    expect(() => admit(admission, 'me')).toThrow('Refused: caller');
    admit(admission, 'you');
  });

  test.each(['end', 'close'] as const)(
    'are in progress until both events, of which %s is the last',
    (last) => {
      const admission = new Admission({ ...limits, maxOperationsPerCaller: 1 });
      const { admitted, response } = admit(admission, 'me');
      const ends = [() => admitted.endHandler(), () => void response.emit('close')];
      if (last === 'end') ends.reverse();
      ends[0]?.();
      expect(() => admit(admission, 'me')).toThrow('Refused: caller');
      ends[1]?.();
      admit(admission, 'me');
    },
  );
});

describe('bytes', () => {
  test('of one caller are limited', () => {
    const admission = new Admission(limits);
    const [first, second] = [admit(admission, 'me').admitted, admit(admission, 'me').admitted];
    expect(first.reserve(300)).toBeNull();
    expect(second.reserve(101)).toBe('caller');
    expect(second.reserve(100)).toBeNull();
    expect(admit(admission, 'you').admitted.reserve(400)).toBeNull();
    expect(admission.bytes).toBe(800);
  });

  test('of one operation are limited like those of its caller, which repeating it does not change', () => {
    const { admitted } = admit(new Admission(limits), 'me');
    expect(admitted.reserve(401)).toBe('request');
    expect(admitted.reserve(300)).toBeNull();
    expect(admitted.reserve(101)).toBe('request');
  });

  test('of all callers are limited', () => {
    const admission = new Admission(limits);
    for (const caller of ['a', 'b']) expect(admit(admission, caller).admitted.reserve(400)).toBeNull();
    expect(admit(admission, 'c').admitted.reserve(201)).toBe('process');
    expect(admit(admission, 'c').admitted.reserve(200)).toBeNull();
  });

  test('are released at the end of their operation', () => {
    const admission = new Admission(limits);
    const { admitted, response } = admit(admission, 'me');
    expect(admitted.reserve(400)).toBeNull();
    admitted.endHandler();
    expect(admit(admission, 'me').admitted.reserve(1)).toBe('caller');
    response.emit('close');
    expect(admission.bytes).toBe(0);
    expect(admit(admission, 'me').admitted.reserve(400)).toBeNull();
  });

  test('of a response count while it is unread, but not if the operating system has accepted all of it', () => {
    const admission = new Admission(limits);
    const { admitted, response } = admit(admission, 'me');
    admitted.holdResponse(300);
    expect(admission.bytes).toBe(0);
    response.writableLength = 300;
    admitted.holdResponse(300);
    expect(admission.bytes).toBe(300);
    expect(admit(admission, 'me').admitted.reserve(101)).toBe('caller');
  });

  test('above the limit close the connections of the oldest unread responses', () => {
    const admission = new Admission(limits);
    const all = ['a', 'b', 'c', 'd'].map((caller) => {
      const { admitted, response } = admit(admission, caller);
      response.writableLength = 1;
      admitted.holdResponse(caller === 'd' ? 500 : 300);
      return response;
    });
    expect(all.map(({ isDestroyed }) => isDestroyed)).toEqual([true, true, false, false]);
    expect(admission.bytes).toBe(800);
  });
});

describe('uploads', () => {
  test('are limited per caller and in total', () => {
    const admission = new Admission(limits);
    const mine = [1, 2, 3].map(() => admit(admission, 'me').admitted);
    expect(mine.map((admitted) => admitted.reserveUpload(2))).toEqual([null, null, 'caller']);
    const yours = [1, 2, 3].map(() => admit(admission, 'you').admitted);
    expect(yours.map((admitted) => admitted.reserveUpload(9))).toEqual([null, null, null]);
    expect(admit(admission, 'they').admitted.reserveUpload(9)).toBe('process');
    mine[0]?.endUpload();
    mine[0]?.endUpload();
    expect(mine[2]?.reserveUpload(2)).toBeNull();
    expect(admit(admission, 'they').admitted.reserveUpload(9)).toBe('process');
  });
});

test('removes idle callers only', () => {
  const admission = new Admission({ ...limits, maxOperationsPerCaller: 1 });
  admit(admission, 'busy');
  for (let index = 0; index < 10_000; index++) {
    const { admitted, response } = admit(admission, `caller ${index}`);
    admitted.endHandler();
    response.emit('close');
  }
  expect(admission.callers).toBeLessThanOrEqual(1_000);
  expect(() => admit(admission, 'busy')).toThrow('Refused: caller');
});
