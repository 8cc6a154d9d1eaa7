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
import { extractFiles, multipartForm } from './multipart-form.ts';
import { relayRequest } from './relay-request.ts';

/** Relay passes files next to the variables, under names that the caller chooses: here their paths in the variables. */
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
          // After a cancellation there is no listener, and Relay would report an unhandled error.
          (error) => sink.closed || sink.error(error),
        );
      return () => controller.abort();
    });
}

export const createRelayClient: CreateClient = (url, headers) => {
  const environment = new Environment({
    network: Network.create(fetchFrom(url, headers)),
    store: new Store(new RecordSource()),
    // Ids of Dashly are unique within a type only; in the store of Relay an admin 1 and a user 1 would be the same record.
    getDataID: ({ id }: { readonly id?: string }, type: string) => id && `${type}:${id}`,
  });
  const send: Client['send'] = (document, givenVariables, { signal } = {}) => {
    const { variables, files } = extractFiles(givenVariables);
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
        // An abort ends it silently: neither of the two callbacks above is called.
        onUnsubscribe: () => fail(new DOMException('The mutation was aborted.', 'AbortError')),
      });
      signal?.addEventListener('abort', dispose);
    });
  };
  return { send };
};

/** A response without data becomes an error with the gateway's message in its message and the errors in `source`. */
function saidIn(error: Error): string {
  const { source } = error as { readonly source?: { readonly errors?: readonly Error[] } };
  return source?.errors?.map(({ message }) => message).join() ?? '';
}
