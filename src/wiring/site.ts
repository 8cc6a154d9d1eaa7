/** Wires what is served over HTTP: the endpoint `/graphql` and the pages. */

import { parse, print } from 'graphql';
import { chooseProxy } from '../choose-proxy.ts';
import type { Config } from '../config.ts';
import { createSubgraph } from '../graphql/federation.ts';
import { schema as clientSchema } from '../graphql/schema.ts';
import { prefixTypesInDocument } from '../graphql/type-prefix.ts';
import { Admission, defaultLimits } from '../http/admission.ts';
import { createCallers } from '../http/auth/callers.ts';
import type { JwtOptions } from '../http/auth/jwt.ts';
import { Documents } from '../http/documents/documents.ts';
import { createAnyDocuments, createTrustedDocuments } from '../http/documents/resolve-document.ts';
import { createCors } from '../http/endpoint/cors.ts';
import { createGraphQLEndpoint } from '../http/endpoint/endpoint.ts';
import { type CreateContext, createExecuteOperation } from '../http/endpoint/execute-operation.ts';
import { createExecuteWithYoga } from '../http/endpoint/yoga.ts';
import type { InFlight } from '../http/in-flight.ts';
import { createFrontPage } from '../http/pages/front-page.ts';
import { assetsPath, loadGraphiQLAssets } from '../http/pages/graphiql-assets.ts';
import { createGraphiQLPage } from '../http/pages/graphiql-page.ts';
import { readGraphiQLTabs } from '../http/pages/graphiql-tabs.ts';
import { createLinks, type Link } from '../http/pages/links.ts';
import { createSchemaPage } from '../http/pages/schema-page.ts';
import { createReportRefusal } from '../http/report-refusal.ts';
import type { Page, RequestListenerOptions } from '../http/router.ts';
import { createTrustedProxies } from '../http/trusted-proxies.ts';
import { sandboxToken } from '../sandbox/api/authorization.ts';
import type { Sandbox } from '../sandbox/start-sandbox.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface Site extends Pick<RequestListenerOptions, 'graphql' | 'pages' | 'proxies'> {
  readonly links: readonly Link[];
  /** Which callers are accepted, for the log and the terminal. */
  readonly callers: string;
}

export interface SiteParts {
  readonly createContext: CreateContext;
  readonly sandbox: Sandbox | null;
  readonly inFlight: InFlight;
  readonly telemetry: Telemetry;
}

export async function createSite(
  config: Config,
  { createContext, sandbox, inFlight, telemetry }: SiteParts,
): Promise<Site> {
  const { logError, logRefusal, observe } = telemetry;
  const { TRUSTED_DOCUMENTS: trusted, UPLOAD_MAX_BYTES: attachmentMaxBytes } = config;
  const { schema, clientSdl } = createSubgraph(clientSchema, config.TYPE_PREFIX);
  const documents = new Documents({
    schema,
    limits: { maxReplies: config.MAX_REPLIES_PER_OPERATION },
    hasIntrospection: config.INTROSPECTION,
  });
  const executeOperation = createExecuteOperation(schema, createContext);
  const exampleToken = sandbox && config.DASHLY_TOKEN === null ? sandboxToken : '';
  const callers = await createCallers({
    dashlyToken: config.DASHLY_TOKEN,
    jwt: jwtOptionsOf(config),
    apiKeyHashes: config.API_KEY_HASHES,
    exampleToken,
    logError,
  });
  const proxies = createTrustedProxies(config.TRUST_PROXY);
  const reportRefusal = createReportRefusal(proxies);
  const graphiqlAssets = config.GRAPHIQL ? loadGraphiQLAssets() : null;
  const sendPage = config.GRAPHIQL
    ? createGraphiQLPage(
        {
          tabs: readGraphiQLTabs((query) => withPrefix(query, config.TYPE_PREFIX)),
          headers: callers.headers,
          isLive: sandbox === null,
          attachmentMaxBytes,
        },
        graphiqlAssets,
      )
    : null;
  const graphql = createGraphQLEndpoint({
    applyCors: createCors(config.CORS_ORIGINS),
    sendPage,
    authenticate: callers.authenticate,
    admission: new Admission({
      ...defaultLimits,
      maxOperationsPerCaller: config.MAX_OPERATIONS_PER_CALLER,
    }),
    refusesSimpleGets: config.NODE_ENV === 'production',
    attachmentMaxBytes,
    proxies,
    reportRefusal,
    logRefusal,
    resolveDocument: trusted ? createTrustedDocuments(trusted) : createAnyDocuments(config.GRAPHIQL),
    documents,
    executeOperation,
    executeWithYoga: createExecuteWithYoga(schema, documents, executeOperation),
    logError,
    inFlight,
    observe,
  });

  // The schema page is off if only trusted documents are allowed: they do not include introspection.
  const hasSchema = config.INTROSPECTION && !trusted;
  const links = createLinks({
    hasGraphiQL: config.GRAPHIQL,
    hasSandbox: sandbox !== null,
    hasSchema,
    exampleToken,
  });
  const pages = new Map<string, Page>([['/', createFrontPage(links)]]);
  if (hasSchema) {
    const page = createSchemaPage(clientSdl, callers.authenticate, reportRefusal, logRefusal);
    pages.set('/schema.graphql', page);
  }
  if (graphiqlAssets) pages.set(`${assetsPath}*`, graphiqlAssets.send);
  if (sandbox) {
    const page = sandbox.createPages({ graphiqlPath: config.GRAPHIQL ? '/graphql' : null });
    pages.set('/sandbox', page).set('/sandbox/*', page);
  }
  return { graphql, pages, proxies, links, callers: callers.summary };
}

function withPrefix(query: string, prefix: string): string {
  return prefix === '' ? query : print(prefixTypesInDocument(parse(query), clientSchema, prefix));
}

function jwtOptionsOf(config: Config): JwtOptions | null {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const key = config.JWT_JWKS_URL ?? config.JWT_PUBLIC_KEY ?? config.JWT_SECRET;
  if (!key || !issuer || !audience) return null;
  return { key, issuer, audience, proxy: key instanceof URL ? chooseProxy(config, key) : null };
}
