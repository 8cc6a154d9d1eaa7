/** What a status says of a request, if its answer was read to the end. */

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** With a 408 the server has given up, which is no refusal. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status <= 499 && status !== 408;
}
