/** The React context that passes the session to GraphiQL's plugins, which have no props. */

import { createContext, useContext } from 'react';
import type { ExplorerSession } from './explorer-session.ts';

export const SessionContext = createContext<ExplorerSession | null>(null);

export function useSession(): ExplorerSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('The session context is missing.');
  return session;
}
