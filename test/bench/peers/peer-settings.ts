/** What each peer is told by the command that starts it. */

/** Port to listen on, at 127.0.0.1. */
export const port = Number(process.env['PORT']);

/** Base of the upstream's calls, with the version in its path. */
export const upstream = new URL(process.env['DASHLY_API_URL'] ?? '');

/** How many connections the pool to the upstream may have. */
export const connections = Number(process.env['DASHLY_MAX_CONNECTIONS']);
