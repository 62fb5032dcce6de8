import assert from 'node:assert/strict';
import { isMatchSpelled, type MatchPiece } from './spelled-match.ts';

/** `$1` and `${name}` in a text as pieces. */
const piecesOf = (text: string): readonly MatchPiece[] =>
  text
    .split(/(\$[0-9]|\$\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('${') ? { group: part.slice(2, -1) } : part.startsWith('$') ? { group: Number(part.slice(1)) } : { text: part },
    );

const rows: readonly (readonly [source: string, text: string, spelled: boolean, flags?: string])[] = [
  ['^(https?)://(.+)$', '$1://$2', true],
  ['^(https?)://(.+)$', '$1$2', false],
  ['^(https?)://(.+)$', '$2://$1', false],
  ['^(https?)://(.+)$', '$1://$2/', false],
  ['^(https?)://(.+)$', 'https://$2', false],
  ['^(https?)://(.+)$', '$1://$1', false],
  ['^(https?)://(.+)$', '$1://', false],
  ['^(https?://)(.*)$', '$1$2', true],
  ['^https://(.+)$', 'https://$1', true],
  ['^https://(.+)$', 'http://$1', false],
  ['^https:\\/\\/(.+)$', 'https://$1', true],
  ['^https://(.+)\\.example\\.com$', 'https://$1.example.com', true],
  ['^https://(.+).example\\.com$', 'https://$1.example.com', false],
  ['^HTTPS://(.+)$', 'https://$1', true, 'i'],
  ['^HTTPS://(.+)$', 'https://$1', false],
  ['^https://(.+)$', 'HTTPS://$1', false, 'i'],
  ['^(https?://)([a-z.]*)(app\\.example\\.com)(:\\d+)?$', '$1$2$3$4', true],
  ['^(https?://)([a-z.]*)(app\\.example\\.com)(:\\d+)?$', '$1$2$3', false],
  ['^(https?://)((?:a|b)+\\.)?(example)', '$1$2$3', true],
  ['^(https?://)(([a-z]+)\\.)?(example)', '$1$2$4', true],
  ['^(https?://)(([a-z]+)\\.)?(example)', '$1$2$3', false],
  ['^(https?://)([^(]+)(:\\d+)$', '$1$2$3', true],
  ['^(https?://)([a-z]+\\.)+(example)', '$1$2$3', false],
  ['^(https?://)(a|b)|(c)', '$1$2$3', false],
  ['^https?://(.+)$', 'https://$1', false],
  ['^https://(?:www\\.)?(.+)$', 'https://$1', false],
  ['^(?!null)(https?)://(.+)$', '$1://$2', true],
  ['^(?=(h))(https?)://(.+)$', '$2://$3', true],
  ['^(?<scheme>https?)://(?<host>.+)$', '${scheme}://${host}', true],
  ['^(?<scheme>https?)://(?<host>.+)$', '${host}://${scheme}', false],
  ['^(https?)://(.+)$', '$1://$2', false, 'x'],
  ['(', '$1', false],
];

describe('texts that put a match together again', () => {
  for (const [source, text, spelled, flags = ''] of rows) {
    it(`${text} ${spelled ? 'is' : 'is not'} what ${source} matches${flags}`, () => {
      assert.equal(isMatchSpelled({ dialect: 'pcre', source, flags }, piecesOf(text)), spelled);
      if (!spelled) return;
      // The engine agrees on what it finds.
      const origins = ['https://app.example.com', 'https://a.example.com:8443', 'http://b.example', 'null'];
      for (const match of origins.map((origin) => new RegExp(source, flags).exec(origin)))
        if (match)
          assert.equal(
            piecesOf(text)
              .map((piece) =>
                'text' in piece ? piece.text : typeof piece.group === 'string' ? match.groups?.[piece.group] : (match[piece.group] ?? ''),
              )
              .join(''),
            match[0],
          );
    });
  }
});
