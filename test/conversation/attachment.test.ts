/** The file name that is sent to Dashly, from any name that a client sends. */

import { describe, expect, test } from 'vitest';
import { fileNameFrom } from '../../src/conversation/attachment.ts';

const x = (count: number, what = 'x') => what.repeat(count);

describe('the name of a file', () => {
  test.each<[name: string, expected: string]>([
    ['report.pdf', 'report.pdf'],
    ['no extension', 'no extension'],
    ['.profile', '.profile'],
    ['archive.tar.gz', 'archive.tar.gz'],
    ['say "hi" & 100%.txt', 'say "hi" & 100%.txt'],
    ['отчёт за год.txt', 'отчёт за год.txt'],
    ['👩‍👩‍👧‍👦.png', '👩‍👩‍👧‍👦.png'],
    ['e\u0301.txt', 'e\u0301.txt'],
    ['a\u2028b\u2029c\ufeffd.txt', 'a\u2028b\u2029c\ufeffd.txt'],
  ])('keeps %j', (name, expected) => expect(fileNameFrom(name)).toBe(expected));

  test.each<[name: string, expected: string]>([
    ['/etc/passwd', 'passwd'],
    ['../../secret.txt', 'secret.txt'],
    ['C:\\Users\\me\\report.pdf', 'report.pdf'],
    ['\\\\server\\share\\a.txt', 'a.txt'],
    ['C:\\dir/mixed\\a/b.txt', 'b.txt'],
    ['C:/dir\\b.txt', 'b.txt'],
    ['dir/', 'attachment'],
    ['dir\\', 'attachment'],
    ['/', 'attachment'],
    ['dir/ a.txt ', 'a.txt'],
  ])('is the last segment of the path %j', (name, expected) => expect(fileNameFrom(name)).toBe(expected));

  test.each<[name: string, expected: string]>([
    ['a\r\nb.txt', 'ab.txt'],
    ['a\u0000b\u0007c\u001bd\u007fe.txt', 'abcde.txt'],
    ['a\u0080\u0085\u009fb.txt', 'ab.txt'],
    ['\ta.txt\t', 'a.txt'],
    ['\u0000 a.txt \u0000', 'a.txt'],
    ['\u0000\r\n\u007f', 'attachment'],
    ['dir/\u0000\u0001', 'attachment'],
    ['..\u0000/a', 'a'],
    ['a\ud800b.txt', 'a\ufffdb.txt'],
    ['\udc00', '\ufffd'],
  ])('contains no control character and no lone surrogate of %j', (name, expected) => {
    expect(fileNameFrom(name)).toBe(expected);
  });

  test.each(['', ' ', '   ', '\t', '\u00a0\u2003'])('%j is not a name, and is replaced', (name) => {
    expect(fileNameFrom(name)).toBe('attachment');
  });

  test.each(['.', '..', ' .. ', 'dir/..', 'dir\\.', '.\u0000.'])('%j is a path, not a name', (name) => {
    expect(fileNameFrom(name)).toBe('attachment');
  });

  test.each<[name: string, given: string, expected: string]>([
    ['255 characters', x(255), x(255)],
    ['255 with the extension', `${x(251)}.txt`, `${x(251)}.txt`],
    ['256', x(256), x(255)],
    ['256 with the extension', `${x(252)}.txt`, `${x(251)}.txt`],
    ['300 of two code units each', x(300, '🎉'), x(255, '🎉')],
    ['300 of two code units each, with an extension', `${x(300, '🎉')}.png`, `${x(251, '🎉')}.png`],
    ['255 of two code units each', x(255, '🎉'), x(255, '🎉')],
    ['an extension of two code units each', `${x(300)}.🎉🎉`, `${x(252)}.🎉🎉`],
    ['two extensions', `${x(300)}.tar.gz`, `${x(252)}.gz`],
    ['a dot at the end', `${x(300)}.`, `${x(254)}.`],
    ['a dot at the start', `.${x(300)}`, `.${x(254)}`],
    ['an extension of 254 characters with its dot', `${x(10)}.${x(253, 'y')}`, `x.${x(253, 'y')}`],
    ['an extension of 255 characters with its dot', `${x(10)}.${x(254, 'y')}`, `${x(10)}.${x(244, 'y')}`],
    ['an extension of 300 characters', `a.${x(300, 'y')}`, `a.${x(253, 'y')}`],
    ['a path before it', `${x(300)}/${x(300, 'y')}.txt`, `${x(251, 'y')}.txt`],
    ['spaces around it', `${x(300, ' ')}a.txt${x(300, ' ')}`, 'a.txt'],
    ['control characters in it', `${x(300, '\u0000a')}.txt`, `${x(251, 'a')}.txt`],
  ])('is shortened to 255 characters: %s', (_name, given, expected) => {
    expect(fileNameFrom(given)).toBe(expected);
  });

  test.each<[name: string, expected: string]>([
    ['a.txt', 'a.txt'],
    ['abcdefgh.txt', 'abcdefgh.txt'],
    ['abcdefghi.txt', 'abcdefgh.txt'],
    ['dir/🎉🎉🎉🎉🎉🎉🎉🎉🎉.txt', '🎉🎉🎉🎉🎉🎉🎉🎉.txt'],
    ['a.abcdefghijkl', 'a.abcdefghij'],
  ])('is shortened to a given maximum, here 12 characters: %j', (name, expected) => {
    expect(fileNameFrom(name, 12)).toBe(expected);
  });

  test('is always valid, and is not changed by a second call', () => {
    const pieces = [
      'a',
      '.',
      ' ',
      '/',
      '\\',
      '\u0000',
      '\n',
      '🎉',
      '\ud83c',
      '\udf89',
      x(260),
      x(130, '🎉'),
      '"',
      '\u2028',
    ];
    for (let seed = 0; seed < 4_000; seed++) {
      let state = seed;
      let name = '';
      for (let count = seed % 7; count >= 0; count--) {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        name += pieces[Math.floor((state / 2_147_483_648) * pieces.length)];
      }
      const found = fileNameFrom(name);
      const at = JSON.stringify(name);
      expect([...found].length, at).toBeGreaterThan(0);
      expect([...found].length, at).toBeLessThanOrEqual(255);
      expect(found.isWellFormed(), at).toBe(true);
      expect(found, at).not.toMatch(/[/\\\p{Cc}]/u);
      expect(fileNameFrom(found), at).toBe(found);
    }
  });
});
