/** The rules for imports: "npm run check:imports" enforces them. docs/architecture.md explains the folders. */

/**
 * What each folder of src, and each file directly in it, may import besides itself. `packages` are the only packages it may
 * import, if there is such a rule; `node` stands for the modules of Node.js.
 */
const mayImport = {
  conversation: { folders: [], packages: [] },
  executor: { folders: [], packages: ['graphql'] },
  graphql: { folders: ['executor', 'conversation'] },
  dashly: { folders: ['conversation', 'growing-buffer.ts'] },
  // The endpoint fills in the report of an operation.
  http: { folders: ['graphql', 'executor', 'conversation', 'growing-buffer.ts', 'telemetry/report.ts'] },
  store: { folders: ['conversation', 'redis-url.ts'] },
  telemetry: { folders: ['conversation', 'package-version.ts'] },
  sandbox: { folders: [], packages: ['node'] },
  graphiql: {
    folders: [],
    packages: ['react', 'react-dom', 'graphql', 'graphiql', '@graphiql', 'monaco-editor', 'monaco-graphql'],
  },
  'gateway.ts': { folders: ['wiring', 'http', 'store', 'sandbox', 'telemetry', 'config.ts'] },
  wiring: {
    folders: [
      'conversation',
      'graphql',
      'dashly',
      'http',
      'store',
      'sandbox',
      'telemetry',
      'config.ts',
      'choose-proxy.ts',
    ],
  },
  'config.ts': {
    folders: ['conversation', 'config-formats.ts', 'redis-url.ts', 'secret-files.ts'],
    packages: ['graphql', 'zod', 'node'],
  },
  'choose-proxy.ts': { folders: [], packages: ['node'] },
  'config-formats.ts': { folders: ['redis-url.ts'], packages: ['zod', 'node'] },
  'redis-url.ts': { folders: [], packages: ['zod'] },
  'secret-files.ts': { folders: [], packages: ['node'] },
  'growing-buffer.ts': { folders: [], packages: [] },
  'package-version.ts': { folders: [], packages: ['node'] },
  'parse-arguments.ts': { folders: [], packages: ['node'] },
  'main.ts': { folders: ['command'], packages: ['node'] },
  command: {
    folders: ['config.ts', 'gateway.ts', 'telemetry', 'check', 'package-version.ts', 'parse-arguments.ts'],
    packages: ['node'],
  },
  check: {
    folders: [
      'conversation',
      'dashly',
      'sandbox',
      'config.ts',
      'choose-proxy.ts',
      'package-version.ts',
      'parse-arguments.ts',
    ],
    packages: ['node'],
  },
  'library.ts': { folders: ['config.ts', 'gateway.ts', 'http'], packages: ['node'] },
  // Types of the language itself.
  'json-source-text.d.ts': { folders: [], packages: [] },
};

const alternatives = (names) => names.map((name) => name.replaceAll('.', '\\.')).join('|');
const inSrc = (...names) => `^src/(?:${alternatives(names)})(?:/|$)`;
const inPackages = (names) => `^(?:node_modules/)?(?:${alternatives(names)})/`;
const buildConfiguration = '\\.config\\.ts$';

const folderRules = Object.entries(mayImport).map(([name, { folders }]) => ({
  name: `folders-of-${name}`,
  severity: 'error',
  from: { path: inSrc(name) },
  to: { path: '^(?:src|test|schema)/', pathNot: inSrc(name, ...folders) },
}));

const packageRules = Object.entries(mayImport)
  .filter(([, { packages }]) => packages)
  .map(([name, { packages }]) => ({
    name: `packages-of-${name}`,
    severity: 'error',
    from: { path: inSrc(name), pathNot: buildConfiguration },
    to: {
      pathNot: ['^(?:src|test|schema)/', inPackages(packages)],
      ...(packages.includes('node') && { dependencyTypesNot: ['core'] }),
    },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    ...packageRules,
    {
      name: 'unknown-folder',
      comment: 'A new folder of src needs its line in the table of this file.',
      severity: 'error',
      from: { path: '^src/', pathNot: inSrc(...Object.keys(mayImport)) },
      to: {},
    },
    {
      name: 'http-server',
      comment: 'The domain, the schema and the clients do not depend on a server.',
      severity: 'error',
      from: {
        path: '^src/',
        // The tunnel is a client.
        pathNot: inSrc(
          'http',
          'sandbox',
          'telemetry',
          'gateway.ts',
          'library.ts',
          'dashly/connections/tunnel.ts',
        ),
      },
      to: { path: '^https?$', dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-index',
      severity: 'error',
      from: {},
      to: { path: '/index\\.tsx?$', pathNot: 'node_modules' },
    },
    {
      name: 'client-package',
      comment:
        'The package for clients has no dependencies; only the types of parsed documents import graphql.',
      severity: 'error',
      from: { path: '^schema/', pathNot: '^schema/typed-document\\.ts$' },
      to: { pathNot: '^schema/' },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: inSrc('graphiql') },
      to: { dependencyTypes: ['npm-dev'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    // swc sees imports of types too. TypeScript 7 offers no parser to other programs yet.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^schema/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'style', 'default'],
    },
  },
};
