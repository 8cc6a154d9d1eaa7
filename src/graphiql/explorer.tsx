/** GraphiQL with tabs of example replies, one for reading, and a file picker. */

import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { scalarSchemas } from './editor/scalar-schemas.ts';
import type { ExplorerSession } from './explorer-session.ts';
import { filesPlugin } from './files/files-plugin.tsx';
import type { PageConfiguration } from './page-configuration.ts';
import { SessionContext } from './session-context.ts';

/** A constant, because GraphiQL treats a new list as different plugins. */
const plugins = [filesPlugin, HISTORY_PLUGIN];

export function Explorer({ session }: { readonly session: ExplorerSession }) {
  const { configuration, fetcher, storage, restored } = session;
  return (
    <SessionContext value={session}>
      <DestinationLine sandboxUrl={configuration.sandboxUrl} />
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

/** Whether replies reach customers, or only the sandbox. */
function DestinationLine({ sandboxUrl }: Pick<PageConfiguration, 'sandboxUrl'>) {
  if (sandboxUrl === null) {
    return (
      <p className="destination is-live">
        <strong>Live</strong> Replies reach customers in Dashly.
      </p>
    );
  }
  return (
    <p className="destination">
      <strong>Sandbox</strong> Nothing reaches a customer.{' '}
      <a href={sandboxUrl} target="_blank" rel="noreferrer">
        See the conversations
      </a>
    </p>
  );
}
