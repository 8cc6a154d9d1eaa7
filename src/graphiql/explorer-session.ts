/** What lives as long as the page: what is remembered and chosen, and how it is sent. */

import type { Fetcher, Storage as GraphiQLStorage } from '@graphiql/toolkit';
import type { GraphQLSchema } from 'graphql';
import { createFetcher } from './create-fetcher.ts';
import { FileChoices } from './file-choices.ts';
import type { PageConfiguration } from './page-configuration.ts';
import { createPageStorage } from './page-storage.ts';
import { type RestoredEditors, restoreEditors } from './restore-editors.ts';

export interface ExplorerSession {
  readonly configuration: PageConfiguration;
  readonly storage: GraphiQLStorage;
  readonly restored: RestoredEditors;
  readonly choices: FileChoices;
  readonly fetcher: Fetcher;
  /** Of the tab that is open: its id, and the schema as far as it is known. GraphiQL's own state, for the fetcher. */
  openTab: { readonly id: string; readonly schema: GraphQLSchema | null };
  /** Asks for the schema. */
  introspect: () => void;
}

/** `url` is the endpoint, and the page's own address. */
export function createSession(configuration: PageConfiguration, url: string): ExplorerSession {
  const storage = createPageStorage(localStorage, url, configuration.headers);
  const choices = new FileChoices();
  let isSchemaRefused = false;
  const session: ExplorerSession = {
    configuration,
    storage,
    restored: restoreEditors(storage, configuration),
    choices,
    fetcher: createFetcher({
      url,
      schema: () => session.openTab.schema,
      filesFor: ({ path }) => choices.of(session.openTab.id, path),
      onStatus(status, operationName) {
        if (operationName === 'IntrospectionQuery') isSchemaRefused = status === 401;
        // GraphiQL asks for the schema as it opens, when nobody has filled in a key yet.
        else if (isSchemaRefused && status !== 401) session.introspect();
      },
    }),
    openTab: { id: '', schema: null },
    introspect() {},
  };
  return session;
}
