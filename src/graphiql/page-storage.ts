/** The storage of GraphiQL, separate from other GraphiQL pages of the same origin, such as another project on localhost:4000. */

import type { Storage as GraphiQLStorage } from '@graphiql/toolkit';

/** The key of GraphiQL's setting "persist headers". */
const persistKey = 'graphiql:shouldPersistHeaders';
/** The keys of GraphiQL's history, which contains headers, including tokens, regardless of the setting. */
const historyKeys = ['graphiql:queries', 'graphiql:favorites'];

/** `path` is the path of the page, with or without a trailing slash. `defaultHeaders` replace headers that are not stored. */
export function createPageStorage(storage: Storage, path: string, defaultHeaders: string): GraphiQLStorage {
  const prefix = `dashly-graphql-gateway ${path.replace(/\/$/, '')} `;
  const ownKeys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  const keepsHeaders = (key: string) =>
    !historyKeys.includes(key) || storage.getItem(prefix + persistKey) === 'true';

  function setItem(key: string, value: string): void {
    storage.setItem(prefix + key, keepsHeaders(key) ? value : withHeaders(value, undefined));
    if (key !== persistKey || value === 'true') return;
    for (const historyKey of historyKeys) {
      const history = storage.getItem(prefix + historyKey);
      if (history) setItem(historyKey, history);
    }
  }

  return {
    get length() {
      return ownKeys().length;
    },
    getItem(key) {
      const value = storage.getItem(prefix + key);
      return value === null || keepsHeaders(key) ? value : withHeaders(value, defaultHeaders);
    },
    setItem,
    removeItem: (key) => storage.removeItem(prefix + key),
    clear() {
      for (const key of ownKeys()) storage.removeItem(key);
    },
  };
}

/** Returns the history with these headers for each item. */
function withHeaders(history: string, headers: string | undefined): string {
  const lists: Record<string, readonly object[]> = JSON.parse(history);
  const changed = Object.entries(lists).map(([name, items]) => [
    name,
    items.map((it) => ({ ...it, headers })),
  ]);
  return JSON.stringify(Object.fromEntries(changed));
}
