/** The document that the protocol's tests open, and what they say of it. */
import type { Diagnostic, Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

export const uri = 'file:///workspace/nginx.conf';

export const conf = `events {}
http {
    server {
        location /public/ {
            add_header Access-Control-Allow-Origin https://app.example.com;
            proxy_pass http://127.0.0.1:3000;
        }
        location /account/ {
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
            add_header Vary Origin always;
            proxy_pass http://127.0.0.1:3000;
        }
    }
}
`;
export const rules = ['missing-always', 'reflected-origin-with-credentials'];

export const everywhere: Range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
export const rulesOf = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);
export const textAt = (text: string, range: Range): string => TextDocument.create(uri, 'nginx', 1, text).getText(range);
