/** Whoever waits for a connection has its turn in order, or leaves without taking one. */

import { expect, test } from 'vitest';
import { Slots } from '../../src/dashly/connection-pool.ts';

/** Connections are told apart by numbers. */
function createSlots(count: number, maxWaiting: number, discarded: number[] = []): Slots<number> {
  let opened = 0;
  return new Slots(count, maxWaiting, {
    open: () => ++opened,
    discard: (connection) => discarded.push(connection),
  });
}

test('as many as there are enter at once, the others in order', () => {
  const slots = createSlots(2, 10);
  const entered: string[] = [];
  const release = ['a', 'b', 'c', 'd'].map((name) => slots.take(() => entered.push(name)));
  expect(entered).toEqual(['a', 'b']);
  release[1]?.();
  expect(entered).toEqual(['a', 'b', 'c']);
  release[0]?.();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

test('who leaves the line is passed over, and takes nobody else out of it', () => {
  const slots = createSlots(1, 10);
  const entered: string[] = [];
  const [first, second] = ['a', 'b', 'c'].map((name) => slots.take(() => entered.push(name)));
  second?.();
  first?.();
  expect(entered).toEqual(['a', 'c']);
});

test('a slot that nobody waits for is there for the next', () => {
  const slots = createSlots(1, 10);
  const entered: string[] = [];
  slots.take(() => entered.push('a'))();
  slots.take(() => entered.push('b'));
  expect(entered).toEqual(['a', 'b']);
});

test('it is full where nobody more may wait, and knows how many do', () => {
  const slots = createSlots(1, 1);
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 0, 0]);
  const release = [1, 2].map(() => slots.take(() => {}));
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([true, 1, 1]);
  release[1]?.();
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 1, 0]);
  release[0]?.();
  expect([slots.isFull, slots.inUse, slots.waiting]).toEqual([false, 0, 0]);
});

test('with no room to wait it is full when all are taken', () => {
  const slots = createSlots(1, 0);
  expect(slots.isFull).toBe(false);
  slots.take(() => {});
  expect(slots.isFull).toBe(true);
});

test.each([
  { leaves: 'the first', who: ['b'], order: ['a', 'c', 'd', 'e'] },
  { leaves: 'one in the middle', who: ['c'], order: ['a', 'b', 'd', 'e'] },
  { leaves: 'the last', who: ['e'], order: ['a', 'b', 'c', 'd'] },
  { leaves: 'neighbours', who: ['c', 'd'], order: ['a', 'b', 'e'] },
  { leaves: 'everybody', who: ['d', 'b', 'e', 'c'], order: ['a'] },
])('$leaves may leave the line', ({ who, order }) => {
  const slots = createSlots(1, 10);
  const entered: string[] = [];
  const take = (name: string) => slots.take(() => entered.push(name));
  const releases = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, take(name)]));
  expect({ entered, waiting: slots.waiting }).toEqual({ entered: ['a'], waiting: 4 });
  for (const name of who) releases.get(name)?.();
  expect({ entered, waiting: slots.waiting }).toEqual({ entered: ['a'], waiting: 4 - who.length });
  for (const name of order) {
    expect(slots.inUse).toBe(1);
    releases.get(name)?.();
  }
  expect({ entered, waiting: slots.waiting, inUse: slots.inUse }).toEqual({
    entered: order,
    waiting: 0,
    inUse: 0,
  });
});

test('who comes when the line has emptied is served, and the next after them', () => {
  const slots = createSlots(1, 10);
  const entered: string[] = [];
  const take = (name: string) => slots.take(() => entered.push(name));
  const [releaseFirst, leave] = [take('a'), take('b')];
  leave();
  const releaseThird = take('c');
  releaseFirst();
  expect(entered).toEqual(['a', 'c']);
  take('d');
  releaseThird();
  expect({ entered, inUse: slots.inUse, waiting: slots.waiting }).toEqual({
    entered: ['a', 'c', 'd'],
    inUse: 1,
    waiting: 0,
  });
});

test('a connection that was used is used again, the last one first', () => {
  const slots = createSlots(3, 10);
  const used: number[] = [];
  const take = () => slots.take((connection) => used.push(connection));
  const releases = [take(), take(), take()];
  for (const release of releases) release();
  take();
  take();
  expect(used).toEqual([1, 2, 3, 3, 2]);
});

test('a connection goes from one reply to the next in line', () => {
  const slots = createSlots(1, 10);
  const used: number[] = [];
  const take = () => slots.take((connection) => used.push(connection));
  const [first, second] = [take(), take(), take()];
  first?.();
  second?.();
  expect(used).toEqual([1, 1, 1]);
});

test.each([
  ['the next in line', 1],
  ['whoever comes later', 0],
])('a connection that is spent is discarded, and %s gets a new one', (_who, waiting) => {
  const discarded: number[] = [];
  const slots = createSlots(1, 10, discarded);
  const used: number[] = [];
  const take = () => slots.take((connection) => used.push(connection));
  const release = take();
  for (let index = 0; index < waiting; index++) take();
  release(true);
  if (waiting === 0) take();
  expect({ discarded, used, inUse: slots.inUse }).toEqual({ discarded: [1], used: [1, 2], inUse: 1 });
});
