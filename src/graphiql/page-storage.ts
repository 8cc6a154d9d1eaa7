/** Keeps what GraphiQL remembers apart from what other GraphiQLs of the same origin do, such as others on localhost:4000. */

import type { Storage as GraphiQLStorage } from '@graphiql/toolkit';

/** Where GraphiQL keeps whether the user wants headers to be kept. */
const persistKey = 'graphiql:shouldPersistHeaders';
/** Where it keeps what was run, with its headers, tokens and all, whatever the user wants. */
const historyKeys = ['graphiql:queries', 'graphiql:favorites'];

/** `path` is that of the page, with or without a slash at its end. `defaultHeaders` stand in for headers that are not kept. */
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

/** The history with these headers for each of its items. */
function withHeaders(history: string, headers: string | undefined): string {
  const lists: Record<string, readonly object[]> = JSON.parse(history);
  const changed = Object.entries(lists).map(([name, items]) => [
    name,
    items.map((it) => ({ ...it, headers })),
  ]);
  return JSON.stringify(Object.fromEntries(changed));
}
