/** Reads JSON without rounding its numbers, where the browser can: `JSON.stringify` shows them with every digit. */

export function parseExactly(text: string): unknown {
  const canShow: unknown = Reflect.get(JSON, 'rawJSON');
  if (!canShow) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
