/** The active tab and the upload paths of its operation. */

import { useGraphiQL } from '@graphiql/react';
import { type GraphQLSchema, parse } from 'graphql';
import { useMemo } from 'react';
import { type UploadPath, uploadPaths } from './files/upload-paths.ts';

export interface OpenTab {
  readonly id: string;
  readonly schema: GraphQLSchema | null;
  readonly paths: readonly UploadPath[];
}

/** By tab id. While the user types, the text is often not a valid document; its last paths are used then. */
const lastPaths = new Map<string, readonly UploadPath[]>();

export function useOpenTab(): OpenTab {
  const { tab, schema } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex],
    schema: state.schema ?? null,
  }));
  const { id = '', query = null, operationName = null } = tab ?? {};
  const paths = useMemo(
    () => readPaths(id, schema, query, operationName),
    [id, schema, query, operationName],
  );
  return { id, schema, paths };
}

function readPaths(
  tabId: string,
  schema: GraphQLSchema | null,
  query: string | null,
  operationName: string | null,
): readonly UploadPath[] {
  try {
    lastPaths.set(tabId, uploadPaths(schema, parse(query ?? ''), operationName));
  } catch {
    // Not a valid document.
  }
  return lastPaths.get(tabId) ?? [];
}
