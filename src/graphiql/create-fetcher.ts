/** Sends what GraphiQL runs: as JSON, or as a form where files were chosen. */

import type { Fetcher } from '@graphiql/toolkit';
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { attachFiles, missingPlaces, type Operation } from './attach-files.ts';
import { parseExactly } from './parse-exactly.ts';
import { findOperation, type UploadPlace, uploadPlaces } from './upload-places.ts';

export interface FetcherOptions {
  readonly url: string;
  /** The schema, as far as it is known by now. */
  readonly schema: () => GraphQLSchema | null;
  /** What was chosen in the tab that is open. */
  readonly filesFor: (place: UploadPlace) => readonly File[];
  /** Told of every answer. */
  readonly onStatus: (status: number, operationName: string | null) => void;
}

/** The one answer comes as an iterable, which GraphiQL can end early: that aborts the request. */
export function createFetcher(options: FetcherOptions): Fetcher {
  return (params, { headers = {} } = {}) => {
    const controller = new AbortController();
    const answers = [ask(params, headers, controller.signal, options)];
    const done = { done: true, value: undefined } as const;
    return {
      [Symbol.asyncIterator]: () => ({
        async next() {
          const value = await answers.shift();
          return value && !controller.signal.aborted ? { done: false, value } : done;
        },
        async return() {
          controller.abort();
          return done;
        },
      }),
    };
  };
}

async function ask(
  { query, operationName = null, variables = {} }: Operation,
  headers: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
  { url, schema, filesFor, onStatus }: FetcherOptions,
): Promise<ExecutionResult> {
  const document = parseOrNull(query);
  const places = document ? uploadPlaces(schema(), document, operationName) : [];
  const chosen = new Map(
    places.map((place) => [place, filesFor(place)] as const).filter(([, files]) => files.length > 0),
  );
  const [missing] = missingPlaces(places, variables, chosen);
  if (missing) return fail(`Choose a file for $${missing.path} first: the paper clip on the left.`);
  // GraphiQL may still have the name that the tab before had.
  const name = (document && findOperation(document, operationName)?.name?.value) ?? operationName;
  const operation: Operation = { query, operationName: name, variables };
  const request = requestFor(headers, chosen.size > 0 ? attachFiles(operation, chosen) : operation);
  if (!request) return fail('The headers have a character in them that HTTP does not take.');
  try {
    const response = await fetch(url, { ...request, method: 'POST', signal });
    onStatus(response.status, name);
    return read(response.status, await response.text());
  } catch {
    return fail('The gateway is out of reach: no answer came.');
  }
}

/** Null where a header cannot be sent. */
function requestFor(
  given: Readonly<Record<string, unknown>>,
  body: Operation | FormData,
): RequestInit | null {
  try {
    const headers = new Headers(Object.entries(given).map(([name, value]) => [name, String(value)]));
    headers.set('accept', 'application/graphql-response+json, application/json');
    if (body instanceof FormData) {
      // The browser says the boundary of the parts.
      headers.delete('content-type');
      // No form of another site can send this header, so the gateway wants it beside files.
      headers.set('apollo-require-preflight', 'true');
      return { headers, body };
    }
    headers.set('content-type', 'application/json');
    return { headers, body: JSON.stringify(body) };
  } catch {
    return null;
  }
}

/** Errors of the gateway are shown as they are. */
function read(status: number, text: string): ExecutionResult {
  try {
    return parseExactly(text) as ExecutionResult;
  } catch {
    return fail(`The answer, of status ${status}, is not JSON: something before the gateway gave it.`);
  }
}

function fail(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message)] };
}

/** What is wrong in the text, the gateway tells. */
function parseOrNull(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
