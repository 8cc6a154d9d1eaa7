/** Whoever waits for a connection has its turn in order, or leaves without taking one. */

import { expect, test } from 'vitest';
import { Slots } from '../../src/dashly/slots.ts';

test('as many as there are enter at once, the others in order', () => {
  const slots = new Slots(2, 10);
  const entered: string[] = [];
  const release = ['a', 'b', 'c', 'd'].map((name) => slots.take(() => entered.push(name)));
  expect(entered).toEqual(['a', 'b']);
  release[1]?.();
  expect(entered).toEqual(['a', 'b', 'c']);
  release[0]?.();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

test('who leaves the line is passed over, and takes nobody else out of it', () => {
  const slots = new Slots(1, 10);
  const entered: string[] = [];
  const [first, second] = ['a', 'b', 'c'].map((name) => slots.take(() => entered.push(name)));
  second?.();
  first?.();
  expect(entered).toEqual(['a', 'c']);
});

test('a slot that nobody waits for is there for the next', () => {
  const slots = new Slots(1, 10);
  const entered: string[] = [];
  slots.take(() => entered.push('a'))();
  slots.take(() => entered.push('b'));
  expect(entered).toEqual(['a', 'b']);
});

test('it is full where nobody more may wait, and knows how many do', () => {
  const slots = new Slots(1, 1);
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 0, 0]);
  const release = [1, 2].map(() => slots.take(() => {}));
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([true, 1, 1]);
  release[1]?.();
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 1, 0]);
  release[0]?.();
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 0, 0]);
});

test('with no room to wait it is full when all are taken', () => {
  const slots = new Slots(1, 0);
  expect(slots.isFull).toBe(false);
  slots.take(() => {});
  expect(slots.isFull).toBe(true);
});
