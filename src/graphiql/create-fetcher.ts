/** Sends the operations of GraphiQL: as JSON, or as a form if files are chosen. */

import type { Fetcher } from '@graphiql/toolkit';
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { attachFiles, missingPaths, type Operation } from './files/attach-files.ts';
import { findOperation, type UploadPath, uploadPaths } from './files/upload-paths.ts';

export interface FetcherOptions {
  readonly url: string;
  /** Returns the schema; null if it is not loaded. */
  readonly schema: () => GraphQLSchema | null;
  /** Returns the files chosen in the active tab. */
  readonly filesFor: (path: UploadPath) => readonly File[];
  /** Called with the status of each response. */
  readonly onStatus: (status: number, operationName: string | null) => void;
}

/** Returns the single response as an async iterable, which GraphiQL can end early to abort the request. */
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
  const paths = document ? uploadPaths(schema(), document, operationName) : [];
  const chosen = new Map(
    paths.map((path) => [path, filesFor(path)] as const).filter(([, files]) => files.length > 0),
  );
  const [missing] = missingPaths(paths, variables, chosen);
  if (missing) return fail(`Choose a file for $${missing.path} first: use the paper clip.`);
  // GraphiQL may still pass the operation name of the previous tab.
  const name = (document && findOperation(document, operationName)?.name?.value) ?? operationName;
  const operation: Operation = { query, operationName: name, variables };
  const request = requestFor(headers, chosen.size > 0 ? attachFiles(operation, chosen) : operation);
  if (!request) return fail('A header contains a character that HTTP does not allow.');
  try {
    const response = await fetch(url, { ...request, method: 'POST', signal });
    onStatus(response.status, name);
    return read(response.status, await response.text());
  } catch {
    return fail('The gateway is unreachable: there was no response.');
  }
}

/** Returns null if a header is invalid. */
function requestFor(
  given: Readonly<Record<string, unknown>>,
  body: Operation | FormData,
): RequestInit | null {
  try {
    const headers = new Headers(Object.entries(given).map(([name, value]) => [name, String(value)]));
    headers.set('accept', 'application/graphql-response+json, application/json');
    if (body instanceof FormData) {
      // The browser sets the content type with the boundary.
      headers.delete('content-type');
      // The gateway requires this header with files: an HTML form of another site cannot send it.
      headers.set('apollo-require-preflight', 'true');
      return { headers, body };
    }
    headers.set('content-type', 'application/json');
    return { headers, body: JSON.stringify(body) };
  } catch {
    return null;
  }
}

/** Parses a response. GraphiQL displays errors of the gateway unchanged. */
function read(status: number, text: string): ExecutionResult {
  try {
    return parseExactly(text) as ExecutionResult;
  } catch {
    return fail(
      `The response (status ${status}) is not JSON: a proxy in front of the gateway may have sent it.`,
    );
  }
}

/** Parses JSON without rounding numbers, if the browser supports it: `JSON.stringify` then prints all their digits. */
export function parseExactly(text: string): unknown {
  const canShow: unknown = Reflect.get(JSON, 'rawJSON');
  if (!canShow) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}

function fail(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message)] };
}

/** Ignores syntax errors: the gateway reports them. */
function parseOrNull(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
