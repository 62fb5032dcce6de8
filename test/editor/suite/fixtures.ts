/** One file of `test/editor/fixtures` and what is known about it. */
export interface Fixture {
  readonly path: string;
  /** The language that the editor takes it for. */
  readonly languageId: string;
  /** The rules that report, in the order of their places. */
  readonly rules: readonly string[];
}

export const nginxFixture = {
  path: 'nginx/nginx.conf',
  languageId: 'nginx',
  rules: ['missing-always', 'reflected-origin-with-credentials'],
  rulesAfterFixAll: ['reflected-origin-with-credentials'],
} as const satisfies Fixture & { rulesAfterFixAll: readonly string[] };

export const fixtures: readonly Fixture[] = [
  nginxFixture,
  { path: 'api/server.ts', languageId: 'typescript', rules: ['reflected-origin-with-credentials'] },
  { path: 'apache/.htaccess', languageId: 'apacheconf', rules: ['reflected-origin-with-credentials'] },
];
