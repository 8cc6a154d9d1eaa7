/** The versions of graphql that the gateway works with. A process has one copy: that of the application. */

import { version } from 'graphql';

/** As in `peerDependencies`. Earlier versions cannot hide suggestions from clients; 17 has variables of another shape. */
const needed = { major: 16, minor: 15 };

/** What to do if the version does not fit, for the operator; null if it fits. */
export function faultOfGraphql(found = version): string | null {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major === needed.major && minor >= needed.minor) return null;
  return `The gateway needs graphql ${needed.major}.${needed.minor} or a later ${needed.major}, but ${found} is installed: run "npm install graphql@${needed.major}".`;
}
