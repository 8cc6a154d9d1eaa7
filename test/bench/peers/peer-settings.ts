/** The settings of each peer from its environment. */

/** Port to listen on, at 127.0.0.1. */
export const port = Number(process.env['PORT']);

/** Base URL of the upstream, with the version in its path. */
export const upstream = new URL(process.env['DASHLY_API_URL'] ?? '');

/** The maximal number of connections to the upstream. */
export const connections = Number(process.env['DASHLY_MAX_CONNECTIONS']);
