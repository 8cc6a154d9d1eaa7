/** The name of an operation as it is shown to those who watch: callers choose it, so it is cut to 100 characters. */
export function shownName(operationName: string | null): string | null {
  return operationName === null ? null : operationName.slice(0, 100);
}
