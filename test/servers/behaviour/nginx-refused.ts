/** Facts 1.3 and 1.5: what nginx refuses at start-up. */
import type { RefusedRow } from './nginx-row.ts';

const row = (what: string, server: string, complaint: string, fact = '1.5'): RefusedRow => ({ fact, what, server, complaint });

export const refusedRows: readonly RefusedRow[] = [
  row('a plain server', 'location / { add_header A b always; return 204; }', ''),
  row('add_header in a server-level if', 'if ($arg_x) { add_header A b; }', '"add_header" directive is not allowed here'),
  row('add_header in limit_except', 'location / { limit_except GET { add_header A b; } }', '"add_header" directive is not allowed here'),
  row('a nested if', 'location / { if ($arg_x) { if ($arg_y) { return 204; } } }', '"if" directive is not allowed here'),
  row('a location in an if', 'location / { if ($arg_x) { location /a { } } }', '"location" directive is not allowed here'),
  row('a map in a server', 'map $http_origin $c { default ""; }', '"map" directive is not allowed here'),
  row('a map in a location', 'location / { map $http_origin $c { default ""; } }', '"map" directive is not allowed here'),
  row('&&', 'location / { if ($arg_x && $arg_y) { return 204; } }', 'unexpected "&&" in condition'),
  row('==', 'location / { if ($arg_x == 1) { return 204; } }', 'unexpected "=="'),
  row('if( without a space', 'location / { if($arg_x) { return 204; } }', 'unknown directive "if($arg_x)"'),
  row('ALWAYS', 'add_header A b ALWAYS;', 'invalid parameter "ALWAYS"'),
  row('Add_Header', 'Add_Header A b;', 'unknown directive "Add_Header"'),
  row('an undefined variable', 'add_header A $undefined;', 'unknown "undefined" variable'),
  row('a backslash before $, which does not escape it', 'add_header A "\\$undefined";', 'unknown "undefined" variable'),
  row('a trailing $', 'add_header A "b$";', 'invalid variable name'),
  row('an unquoted pattern with {', 'location ~ ^/a{2}$ { return 204; }', 'unknown directive'),
  row('text glued after a closing quote', 'add_header A "b"c;', 'unexpected "c"'),
  row('unquoted GET, POST', 'add_header Access-Control-Allow-Methods GET, POST, PUT;', 'invalid number of arguments'),
  row('unquoted GET, POST with one comma', 'add_header Access-Control-Allow-Methods GET, POST;', 'invalid parameter "POST"'),
  {
    ...row('add_header_inherit before 1.29.3', 'add_header_inherit merge;', 'unknown directive "add_header_inherit"', '1.3'),
    versions: { before: [1, 29, 3] },
  },
  row('a string over two lines', 'add_header A "b\nc";', '', '1.19'),
  row('a # inside a word, which starts no comment', 'add_header A b#c;', '', '1.19'),
  row('a { inside a word, which ends it', 'add_header A b{c;', 'directive "add_header" is not terminated', '1.19'),
];
