/** The largest JSON, in bytes, as a body or as the `operations` of a multipart request. */
export const maxJsonBytes = 1024 * 1024;
