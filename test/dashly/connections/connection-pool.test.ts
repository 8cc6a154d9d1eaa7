/** The pool assigns each connection to one reply at a time, and keeps the others in a queue. */

import { expect, test } from 'vitest';
import type { Connection } from '../../../src/dashly/connections/connection.ts';
import { ConnectionPool } from '../../../src/dashly/connections/connection-pool.ts';

/** Connections are numbered in the order in which they are opened. */
class NumberedConnection implements Connection {
  readonly number: number;
  readonly destroyed: number[];
  isClosed = false;

  constructor(number: number, destroyed: number[]) {
    this.number = number;
    this.destroyed = destroyed;
  }

  dispatch(): void {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {
    this.isClosed = true;
  }
  destroy(): void {
    this.destroyed.push(this.number);
  }
}

function createPool(maxConnections: number, maxQueue: number, destroyed: number[] = []): ConnectionPool {
  let opened = 0;
  const open = () => new NumberedConnection(++opened, destroyed);
  return new ConnectionPool({ maxConnections, maxQueue, open });
}

const numberOf = (connection: Connection): number => (connection as NumberedConnection).number;

test('assigns all connections at once, and then in the order of the queue', () => {
  const pool = createPool(2, 10);
  const entered: string[] = [];
  const release = ['a', 'b', 'c', 'd'].map((name) => pool.acquire(() => entered.push(name)));
  expect(entered).toEqual(['a', 'b']);
  release[1]?.();
  expect(entered).toEqual(['a', 'b', 'c']);
  release[0]?.();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

test('skips a reply that left the queue, and no other', () => {
  const pool = createPool(1, 10);
  const entered: string[] = [];
  const [first, second] = ['a', 'b', 'c'].map((name) => pool.acquire(() => entered.push(name)));
  second?.();
  first?.();
  expect(entered).toEqual(['a', 'c']);
});

test('assigns a released connection to the next reply', () => {
  const pool = createPool(1, 10);
  const entered: string[] = [];
  pool.acquire(() => entered.push('a'))();
  pool.acquire(() => entered.push('b'));
  expect(entered).toEqual(['a', 'b']);
});

test('is full when its queue is, and counts both', () => {
  const pool = createPool(1, 1);
  expect([pool.isFull, pool.inUse, pool.waiting]).toEqual([false, 0, 0]);
  const release = [1, 2].map(() => pool.acquire(() => {}));
  expect([pool.isFull, pool.inUse, pool.waiting]).toEqual([true, 1, 1]);
  release[1]?.();
  expect([pool.isFull, pool.inUse, pool.waiting]).toEqual([false, 1, 0]);
  release[0]?.();
  expect([pool.isFull, pool.inUse, pool.waiting]).toEqual([false, 0, 0]);
});

test('is full without a queue when all connections are in use', () => {
  const pool = createPool(1, 0);
  expect(pool.isFull).toBe(false);
  pool.acquire(() => {});
  expect(pool.isFull).toBe(true);
});

test.each([
  { leaves: 'the first', who: ['b'], order: ['a', 'c', 'd', 'e'] },
  { leaves: 'one in the middle', who: ['c'], order: ['a', 'b', 'd', 'e'] },
  { leaves: 'the last', who: ['e'], order: ['a', 'b', 'c', 'd'] },
  { leaves: 'neighbours', who: ['c', 'd'], order: ['a', 'b', 'e'] },
  { leaves: 'all', who: ['d', 'b', 'e', 'c'], order: ['a'] },
])('lets $leaves leave the queue', ({ who, order }) => {
  const pool = createPool(1, 10);
  const entered: string[] = [];
  const take = (name: string) => pool.acquire(() => entered.push(name));
  const releases = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, take(name)]));
  expect({ entered, waiting: pool.waiting }).toEqual({ entered: ['a'], waiting: 4 });
  for (const name of who) releases.get(name)?.();
  expect({ entered, waiting: pool.waiting }).toEqual({ entered: ['a'], waiting: 4 - who.length });
  for (const name of order) {
    expect(pool.inUse).toBe(1);
    releases.get(name)?.();
  }
  expect({ entered, waiting: pool.waiting, inUse: pool.inUse }).toEqual({
    entered: order,
    waiting: 0,
    inUse: 0,
  });
});

test('still works after its queue was empty', () => {
  const pool = createPool(1, 10);
  const entered: string[] = [];
  const take = (name: string) => pool.acquire(() => entered.push(name));
  const [releaseFirst, leave] = [take('a'), take('b')];
  leave();
  const releaseThird = take('c');
  releaseFirst();
  expect(entered).toEqual(['a', 'c']);
  take('d');
  releaseThird();
  expect({ entered, inUse: pool.inUse, waiting: pool.waiting }).toEqual({
    entered: ['a', 'c', 'd'],
    inUse: 1,
    waiting: 0,
  });
});

test('uses the most recently used connection first', () => {
  const pool = createPool(3, 10);
  const used: number[] = [];
  const take = () => pool.acquire((connection) => used.push(numberOf(connection)));
  const releases = [take(), take(), take()];
  for (const release of releases) release();
  take();
  take();
  expect(used).toEqual([1, 2, 3, 3, 2]);
});

test('passes a connection from one reply to the next in the queue', () => {
  const pool = createPool(1, 10);
  const used: number[] = [];
  const take = () => pool.acquire((connection) => used.push(numberOf(connection)));
  const [first, second] = [take(), take(), take()];
  first?.();
  second?.();
  expect(used).toEqual([1, 1, 1]);
});

test.each([
  ['the next reply in the queue', 1],
  ['the next new reply', 0],
])('destroys a broken connection, and opens a new one for %s', (_who, waiting) => {
  const destroyed: number[] = [];
  const pool = createPool(1, 10, destroyed);
  const used: number[] = [];
  const take = () => pool.acquire((connection) => used.push(numberOf(connection)));
  const release = take();
  for (let index = 0; index < waiting; index++) take();
  release(true);
  if (waiting === 0) take();
  expect({ destroyed, used, inUse: pool.inUse }).toEqual({ destroyed: [1], used: [1, 2], inUse: 1 });
});

test('closes all its connections, and those that are opened later', async () => {
  const pool = createPool(3, 0);
  const used: Connection[] = [];
  const acquire = () => pool.acquire((connection) => used.push(connection));
  const release = acquire();
  acquire();
  release();
  await pool.close();
  acquire();
  acquire();
  expect(used.map((connection) => (connection as NumberedConnection).isClosed)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('can be destroyed: no connection can be used afterwards', () => {
  const destroyed: number[] = [];
  const pool = createPool(2, 10, destroyed);
  const acquired: Connection[] = [];
  const [release] = ['a', 'b', 'c'].map(() => pool.acquire((connection) => acquired.push(connection)));
  pool.destroy();
  expect(destroyed).toEqual([1, 2]);
  release?.(true);
  const [, , waiting] = acquired;
  expect(waiting).toMatchObject({ number: 3, isClosed: true });
});
