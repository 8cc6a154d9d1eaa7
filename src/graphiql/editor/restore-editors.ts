/** The initial texts of the editors. GraphiQL restores its tabs, but not the texts of its editors, and would add a tab. */

import type { Storage as GraphiQLStorage } from '@graphiql/toolkit';
import type { PageConfiguration } from '../page-configuration.ts';

export interface RestoredEditors {
  readonly initialQuery: string;
  readonly initialVariables: string;
  readonly initialHeaders: string;
  /** Whether the user chose to persist headers. GraphiQL reads the stored choice only if the default is true. */
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

/** Must be called before GraphiQL opens, because it corrects the stored tabs. */
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
    // GraphiQL identifies the active tab by all its texts; without the headers it would add the tab again.
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

/** Returns null if there are no tabs. Deletes stored tabs that are invalid. */
function readTabs(storage: GraphiQLStorage): StoredTabs | null {
  try {
    const stored: StoredTabs = JSON.parse(storage.getItem(tabsKey) ?? '');
    if (stored.tabs.length > 0) return stored;
  } catch {}
  storage.removeItem(tabsKey);
  return null;
}
