/** A reload restores the editors of the tab that was open; tokens are restored only if the user has switched that on. */

import { describe, expect, test } from 'vitest';
import { restoreEditors } from '../../../src/graphiql/editor/restore-editors.ts';
import { createPageStorage } from '../../../src/graphiql/page-storage.ts';

const defaults = {
  tabs: [
    { query: 'mutation A { a }', variables: '{"a":1}' },
    { query: 'mutation B { b }', variables: '' },
  ],
  headers: '{"Authorization":"Token "}',
};

/** The used part of the browser's storage. */
function createStorage(items: Record<string, string> = {}) {
  const methods = {
    getItem: (key: string) => items[key] ?? null,
    setItem(key: string, value: string) {
      items[key] = value;
    },
    removeItem(key: string) {
      delete items[key];
    },
  };
  // Its keys are its properties.
  return new Proxy(methods, {
    ownKeys: () => Object.keys(items),
    getOwnPropertyDescriptor: (_target, key) => ({
      value: items[String(key)],
      enumerable: true,
      configurable: true,
    }),
  }) as unknown as Parameters<typeof createPageStorage>[0];
}

const storageWith = (items: Record<string, unknown>) => {
  const storage = createPageStorage(createStorage(), '/graphql', '');
  for (const [key, value] of Object.entries(items)) {
    storage.setItem(`graphiql:${key}`, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return storage;
};

const tab = (letter: string, headers: string | null = null) => ({
  id: letter,
  query: `query ${letter}`,
  variables: `{"${letter}":1}`,
  headers,
});

test('at first opens the first of the default tabs', () => {
  expect(restoreEditors(storageWith({}), defaults)).toEqual({
    initialQuery: 'mutation A { a }',
    initialVariables: '{"a":1}',
    initialHeaders: defaults.headers,
    shouldPersistHeaders: false,
  });
});

test('later opens the tab that was open, with the default headers', () => {
  const storage = storageWith({
    tabState: { tabs: [tab('x'), tab('y', '{"a":"secret"}')], activeTabIndex: 1 },
  });
  expect(restoreEditors(storage, defaults)).toEqual({
    initialQuery: 'query y',
    initialVariables: '{"y":1}',
    initialHeaders: defaults.headers,
    shouldPersistHeaders: false,
  });
});

test('restores headers if the user has switched that on, and adds default ones if there were none', () => {
  const tabState = { tabs: [tab('x'), tab('y', '{"a":"kept"}')], activeTabIndex: 1 };
  const storage = storageWith({ tabState, shouldPersistHeaders: 'true' });
  expect(restoreEditors(storage, defaults)).toMatchObject({
    initialHeaders: '{"a":"kept"}',
    shouldPersistHeaders: true,
  });
  const { tabs } = JSON.parse(storage.getItem('graphiql:tabState') ?? '');
  expect(tabs.map(({ headers }: { headers: string }) => headers)).toEqual([defaults.headers, '{"a":"kept"}']);
});

test('keeps emptied headers empty', () => {
  const tabState = { tabs: [tab('x', '')], activeTabIndex: 0 };
  const storage = storageWith({ tabState, shouldPersistHeaders: 'true' });
  expect(restoreEditors(storage, defaults).initialHeaders).toBe('');
});

test('opens the first tab if the open one does not exist', () => {
  const storage = storageWith({ tabState: { tabs: [tab('x'), tab('y')], activeTabIndex: 7 } });
  expect(restoreEditors(storage, defaults).initialQuery).toBe('query x');
});

test.each(['', 'nonsense', 'null', '{}', '{"tabs":[],"activeTabIndex":0}'])(
  'discards unreadable state: %j',
  (tabState) => {
    const storage = storageWith({ tabState });
    expect(restoreEditors(storage, defaults).initialQuery).toBe('mutation A { a }');
    expect(storage.getItem('graphiql:tabState')).toBeNull();
  },
);

test('isolates pages at different paths and other GraphiQLs', () => {
  const all = createStorage({ 'graphiql:tabState': 'of another' });
  const [one, same, other] = ['/graphql', '/graphql/', '/other/graphql'].map((path) =>
    createPageStorage(all, path, ''),
  );
  one?.setItem('graphiql:theme', 'dark');
  expect([one, same, other].map((it) => it?.getItem('graphiql:theme'))).toEqual(['dark', 'dark', null]);
  expect([one, same, other].map((it) => it?.getItem('graphiql:tabState'))).toEqual([null, null, null]);
  expect([one?.length, other?.length]).toEqual([1, 0]);
  other?.setItem('graphiql:theme', 'light');
  one?.clear();
  expect([one, other].map((it) => it?.getItem('graphiql:theme'))).toEqual([null, 'light']);
  expect(all.getItem('graphiql:tabState')).toBe('of another');
});

describe('the history', () => {
  const item = { query: '{ a }', headers: '{"x-api-key": "secret"}' };
  const history = JSON.stringify({ queries: [item] });
  const defaultHeaders = '{"x-api-key": ""}';

  test.each(['graphiql:queries', 'graphiql:favorites'])(
    '%s contains no header unless the user has switched that on',
    (key) => {
      const all = createStorage();
      const storage = createPageStorage(all, '/graphql', defaultHeaders);
      storage.setItem(key, history);
      expect(
        Object.keys(all)
          .map((key) => all.getItem(key))
          .join(),
      ).not.toContain('secret');
      expect(JSON.parse(storage.getItem(key) ?? '')).toEqual({
        queries: [{ ...item, headers: defaultHeaders }],
      });
    },
  );

  test('keeps headers while the user has switched that on', () => {
    const all = createStorage();
    const storage = createPageStorage(all, '/graphql', defaultHeaders);
    storage.setItem('graphiql:shouldPersistHeaders', 'true');
    storage.setItem('graphiql:queries', history);
    expect(storage.getItem('graphiql:queries')).toBe(history);
    storage.setItem('graphiql:shouldPersistHeaders', 'false');
    const values = Object.keys(all).map((key) => all.getItem(key));
    expect(values.join()).toContain('{ a }');
    expect(values.join()).not.toContain('secret');
  });
});
