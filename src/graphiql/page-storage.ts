/** Keeps what GraphiQL remembers apart from what other GraphiQLs of the same origin do, such as others on localhost:4000. */

import type { Storage as GraphiQLStorage } from '@graphiql/toolkit';

/** `path` is that of the page, with or without a slash at its end. */
export function createPageStorage(storage: Storage, path: string): GraphiQLStorage {
  const prefix = `dashly-graphql-gateway ${path.replace(/\/$/, '')} `;
  const ownKeys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  return {
    get length() {
      return ownKeys().length;
    },
    getItem: (key) => storage.getItem(prefix + key),
    setItem: (key, value) => storage.setItem(prefix + key, value),
    removeItem: (key) => storage.removeItem(prefix + key),
    clear() {
      for (const key of ownKeys()) storage.removeItem(key);
    },
  };
}
