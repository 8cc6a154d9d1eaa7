/** Relay's runtime with a network layer that sends files. */

import {
  commitMutation,
  Environment,
  type FetchFunction,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  Store,
  type UploadableMap,
} from 'relay-runtime';
import type { Client, CreateClient, Outcome } from './client.ts';
import { multipartForm, takeFilesOut } from './multipart-form.ts';
import { relayRequest } from './relay-request.ts';

/** Relay hands files over beside the variables, under names of the caller's choice: here the places where they belong. */
function fetchFrom(url: string, headers: Readonly<Record<string, string>>): FetchFunction {
  return ({ text, name }, variables, _cacheConfig, uploadables) =>
    // Not a promise, which Relay could not cancel.
    Observable.create<GraphQLResponse>((sink) => {
      const controller = new AbortController();
      const params = { query: text, operationName: name, variables };
      fetch(url, {
        method: 'POST',
        headers: uploadables ? headers : { ...headers, 'content-type': 'application/json' },
        body: uploadables ? multipartForm(params, uploadables) : JSON.stringify(params),
        signal: controller.signal,
      })
        .then((response) => response.json())
        .then(
          (answer) => {
            sink.next(answer);
            sink.complete();
          },
          // After a cancellation nobody listens, and Relay would complain of an error that nobody handled.
          (error) => sink.closed || sink.error(error),
        );
      return () => controller.abort();
    });
}

export const createRelayClient: CreateClient = (url, headers) => {
  const environment = new Environment({
    network: Network.create(fetchFrom(url, headers)),
    store: new Store(new RecordSource()),
    // Ids of Dashly are unique within a type; to Relay, whose store has one place for an id, an admin 1 is the user 1.
    getDataID: ({ id }: { readonly id?: string }, type: string) => id && `${type}:${id}`,
  });
  const send: Client['send'] = (document, givenVariables, { signal } = {}) => {
    const { variables, files } = takeFilesOut(givenVariables);
    return new Promise((resolve) => {
      const fail = (error: Error): void => resolve({ error, said: saidIn(error) });
      const { dispose } = commitMutation(environment, {
        mutation: relayRequest(document),
        variables: variables as Record<string, unknown>,
        uploadables: Object.keys(files).length > 0 ? (files as UploadableMap) : null,
        onCompleted: (data, errors) => {
          const said = errors?.map(({ message }) => message).join() ?? '';
          resolve(errors ? { error: new Error(said), said } : ({ data } as unknown as Outcome<never>));
        },
        onError: fail,
        // It ends in silence: neither of the two above is called.
        onUnsubscribe: () => fail(new DOMException('The mutation was aborted.', 'AbortError')),
      });
      signal?.addEventListener('abort', dispose);
    });
  };
  return { send };
};

/** An answer without data becomes an error whose message has the gateway's in it, and which has the errors in `source`. */
function saidIn(error: Error): string {
  const { source } = error as { readonly source?: { readonly errors?: readonly Error[] } };
  return source?.errors?.map(({ message }) => message).join() ?? '';
}
