/** The multipart request of an operation with files, for clients that build none themselves. */

/** Each file by its path, such as `variables.input.attachment.file`. */
export type Files = Readonly<Record<string, Blob>>;

/** The variables with null in place of each file, and the files. */
export function extractFiles(variables: object): { readonly variables: object; readonly files: Files } {
  const files: Record<string, Blob> = {};
  const copy = (value: unknown, path: string): unknown => {
    if (value instanceof Blob) {
      files[path] = value;
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${path}.${index}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, copy(it, `${path}.${name}`)]));
  };
  return { variables: copy(variables, 'variables') as object, files };
}

/** `params` contains null in place of each file. */
export function multipartForm(params: object, files: Files): FormData {
  const entries = Object.entries(files);
  const form = new FormData();
  form.append('operations', JSON.stringify(params));
  form.append('map', JSON.stringify(Object.fromEntries(entries.map(([path], index) => [index, [path]]))));
  entries.forEach(([, file], index) => {
    form.append(String(index), file);
  });
  return form;
}
