/** Slots are passed on in the order of the line, whoever leaves it meanwhile. */

import { expect, test } from 'vitest';
import { Slots } from '../../src/dashly/slots.ts';

/** Slots of which each taker writes its name into a list when its turn comes. */
function startLine(count: number, maxWaiting = 10) {
  const slots = new Slots(count, maxWaiting);
  const entered: string[] = [];
  const take = (name: string) => slots.take(() => entered.push(name));
  return { slots, entered, take };
}

test.each([
  { leaves: 'the first', who: ['b'], order: ['a', 'c', 'd', 'e'] },
  { leaves: 'one in the middle', who: ['c'], order: ['a', 'b', 'd', 'e'] },
  { leaves: 'the last', who: ['e'], order: ['a', 'b', 'c', 'd'] },
  { leaves: 'neighbours', who: ['c', 'd'], order: ['a', 'b', 'e'] },
  { leaves: 'everybody', who: ['d', 'b', 'e', 'c'], order: ['a'] },
])('$leaves may leave the line', ({ who, order }) => {
  const { slots, entered, take } = startLine(1);
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
  const { slots, entered, take } = startLine(1);
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

test('is full when nobody may wait any more', () => {
  const { slots, take } = startLine(2, 1);
  take('a');
  expect(slots.isFull).toBe(false);
  take('b');
  expect(slots.isFull).toBe(false);
  const leave = take('c');
  expect(slots.isFull).toBe(true);
  leave();
  expect(slots.isFull).toBe(false);
});
