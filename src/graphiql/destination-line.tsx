/** The line at the top of the page: replies go to the sandbox or to real customers. */

import type { PageConfiguration } from './page-configuration.ts';

export function DestinationLine({ sandboxUrl }: Pick<PageConfiguration, 'sandboxUrl'>) {
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
