/** GraphiQL as this gateway has it: with a tab for each kind of reply, and a file picker. */

import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { DestinationLine } from './destination-line.tsx';
import type { ExplorerSession } from './explorer-session.ts';
import { filesPlugin } from './files-plugin.tsx';
import { scalarSchemas } from './scalar-schemas.ts';
import { SessionContext } from './session-context.ts';

/** Always the same list: GraphiQL takes another one for other plugins. */
const plugins = [filesPlugin, HISTORY_PLUGIN];

export function Explorer({ session }: { readonly session: ExplorerSession }) {
  const { configuration, fetcher, storage, restored } = session;
  return (
    <SessionContext value={session}>
      <DestinationLine destination={configuration.destination} />
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        storage={storage}
        defaultTabs={[...configuration.tabs]}
        defaultHeaders={configuration.headers}
        customScalarSchemas={scalarSchemas}
        showPersistHeadersSettings
        {...restored}
      />
    </SessionContext>
  );
}
