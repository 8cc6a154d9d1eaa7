/** The state of the page: its storage, the chosen files and the fetcher. */

import type { Fetcher, Storage as GraphiQLStorage } from '@graphiql/toolkit';
import type { GraphQLSchema } from 'graphql';
import { createFetcher } from './create-fetcher.ts';
import { type RestoredEditors, restoreEditors } from './editor/restore-editors.ts';
import { FileChoices } from './files/file-choices.ts';
import type { PageConfiguration } from './page-configuration.ts';
import { createPageStorage } from './page-storage.ts';

export interface ExplorerSession {
  readonly configuration: PageConfiguration;
  readonly storage: GraphiQLStorage;
  readonly restored: RestoredEditors;
  readonly choices: FileChoices;
  readonly fetcher: Fetcher;
  /** The id of the active tab, and the schema if it is loaded: a copy of GraphiQL's state for the fetcher. */
  openTab: { readonly id: string; readonly schema: GraphQLSchema | null };
  /** Loads the schema. */
  introspect: () => void;
}

/** `url` is the path of the endpoint, which is also the path of the page. */
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
        // GraphiQL requests the schema when it opens, before the user has entered a key.
        else if (isSchemaRefused && status !== 401) session.introspect();
      },
    }),
    openTab: { id: '', schema: null },
    introspect() {},
  };
  return session;
}
