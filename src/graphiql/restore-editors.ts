/** What the editors open with: GraphiQL restores tabs, but fills the editors from elsewhere, and then takes a tab for a new one. */

import type { Storage as GraphiQLStorage } from '@graphiql/toolkit';
import type { PageConfiguration } from './page-configuration.ts';

export interface RestoredEditors {
  readonly initialQuery: string;
  readonly initialVariables: string;
  readonly initialHeaders: string;
  /** Whether somebody wanted headers to be kept; GraphiQL asks only where the default is that they are. */
  readonly shouldPersistHeaders: boolean;
}

interface StoredTab {
  readonly query: string | null;
  readonly variables: string | null;
  readonly headers: string | null;
}

interface StoredTabs {
  readonly tabs: readonly StoredTab[];
  readonly activeTabIndex: number;
}

const tabsKey = 'graphiql:tabState';

/** To be called before GraphiQL opens; it mends what is stored. */
export function restoreEditors(
  storage: GraphiQLStorage,
  defaults: Pick<PageConfiguration, 'tabs' | 'headers'>,
): RestoredEditors {
  const shouldPersistHeaders = storage.getItem('graphiql:shouldPersistHeaders') === 'true';
  const stored = readTabs(storage);
  const [first = { query: '', variables: '' }] = defaults.tabs;
  const active: Partial<StoredTab> = stored
    ? (stored.tabs[stored.activeTabIndex] ?? stored.tabs[0] ?? {})
    : first;
  if (stored && shouldPersistHeaders) {
    // GraphiQL knows the open tab by all of its texts, and would add it a second time without these.
    const tabs = stored.tabs.map((tab) => ({ ...tab, headers: tab.headers ?? defaults.headers }));
    storage.setItem(tabsKey, JSON.stringify({ ...stored, tabs }));
  }
  return {
    initialQuery: active.query ?? '',
    initialVariables: active.variables ?? '',
    initialHeaders: (shouldPersistHeaders ? active.headers : null) ?? defaults.headers,
    shouldPersistHeaders,
  };
}

/** Null where there are none, or what is stored cannot be read: then it is thrown away. */
function readTabs(storage: GraphiQLStorage): StoredTabs | null {
  try {
    const stored: StoredTabs = JSON.parse(storage.getItem(tabsKey) ?? '');
    if (stored.tabs.length > 0) return stored;
  } catch {}
  storage.removeItem(tabsKey);
  return null;
}
