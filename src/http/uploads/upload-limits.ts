/** The limits of uploads. `UPLOAD_MAX_BYTES` limits each file, and `admission.ts` the uploads of all callers. */

/** Files per request. */
export const maxFiles = 5;

/** Concurrent uploads: a JWT belongs to one person; an API key or a Dashly token may serve many. */
export const maxUploadsOfPerson = 8;
export const maxUploadsOfServer = 48;

/** Memory per upload: blocks between the connection and the disk, or a small file in memory. */
export const heldPerUpload = 512 * 1024;
