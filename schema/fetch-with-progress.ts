/** A `fetch` that reports the progress of uploads. */

/**
 * Creates a function like `fetch` that reports the progress of an upload as a number from 0 to 1. It uses `XMLHttpRequest`, since
 * the `fetch` of browsers does not report it. Without `XMLHttpRequest`, as in Node.js, it reports only the end.
 *
 * @example
 * ```ts
 * client.mutation(SendAttachmentDocument, variables, { fetch: fetchWithProgress((sent) => (bar.value = sent)) });
 * ```
 */
export function fetchWithProgress(onProgress: (sent: number) => void): typeof fetch {
  return async (target, init = {}) => {
    if (typeof XMLHttpRequest !== 'undefined') return post(target, init, onProgress);
    const response = await fetch(target, init);
    onProgress(1);
    return response;
  };
}

function post(
  target: unknown,
  { method = 'GET', headers, body, credentials, signal }: RequestInit,
  onProgress: (sent: number) => void,
): Promise<Response> {
  const answered = new Promise<XMLHttpRequest>((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, String(target));
    request.responseType = 'blob';
    request.withCredentials = credentials === 'include';
    new Headers(headers).forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
    request.onerror = () => reject(new TypeError('Failed to fetch'));
    request.onabort = () => reject(signal?.reason);
    // After every outcome. A promise that is already rejected stays so.
    request.onloadend = () => {
      signal?.removeEventListener('abort', abort);
      resolve(request);
    };
    signal?.addEventListener('abort', abort);
    request.send(body as XMLHttpRequestBodyInit);
  });
  return answered.then(responseOf);
}

function responseOf(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().split('\r\n').filter(Boolean);
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name, value.join(': ')];
  });
  const hasBody = ![204, 205, 304].includes(request.status);
  return new Response(hasBody ? request.response : null, { status: request.status, headers });
}
