/** Reads a Dockerfile and a .dockerignore as far as ours go, and refuses what goes further. */

export interface Instruction {
  readonly name: string;
  /** `--name=value` before the rest. */
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
  /** The exec form, or null. */
  readonly words: readonly string[] | null;
}

export function readDockerfile(text: string): Instruction[] {
  return text
    .replace(/^[ \t]*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readInstruction(line.trim()));
}

function readInstruction(line: string): Instruction {
  const [, name = '', flagTexts = '', rest = ''] = /^([A-Z]+)((?:\s+--\S+)*)\s+(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`Not an instruction: ${line}`);
  const flags = [...flagTexts.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag, value]) => [flag, value]);
  const exec = rest.replace(/^CMD /, '');
  // Like Docker: what is no JSON would be the shell form.
  return {
    name,
    flags: Object.fromEntries(flags),
    rest,
    words: exec.startsWith('[') ? JSON.parse(exec) : null,
  };
}

/** `A=1 B="two words"` as pairs. */
export function readPairs(text: string): [string, string][] {
  return [...text.matchAll(/([\w.-]+)=(?:"((?:\\.|[^"\\])*)"|(\S+))/g)].map(
    ([, name = '', quoted, plain]) => [name, quoted ?? plain ?? ''],
  );
}

/** Whether a path of the repository goes into the build: the last line that it matches decides. */
export function createContextFilter(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const rules = lines.map((line) => {
    const isException = line.startsWith('!');
    const pattern = isException ? line.slice(1) : line;
    if (/[?[\\]|\*\*|\/$/.test(pattern)) throw new Error(`Patterns like this are not read here: ${line}`);
    const source = pattern.replace(/[.+^${}()|]/g, '\\$&').replaceAll('*', '[^/]*');
    // What matches a folder matches all that is in it.
    return { isException, regExp: new RegExp(`^${source}(?:/|$)`) };
  });
  return (path) => rules.findLast(({ regExp }) => regExp.test(path))?.isException ?? true;
}
