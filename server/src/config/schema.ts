import type { Rule } from '../core/rule.ts';
import { profiles, ruleLevels } from './shape.ts';

/** A JSON schema, as far as this one goes. */
export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON schema (draft 7, which VS Code reads) of `cors-lint.config.json`, made from the list of rules. */
export function configurationSchema(rules: readonly Rule[]): JsonSchema {
  const level = (rule: Rule): JsonSchema => ({
    $ref: '#/definitions/level',
    description: rule.summary,
    default: rule.level,
  });
  const settings = {
    profile: {
      enum: profiles,
      default: 'recommended',
      description: 'recommended: errors and warnings. strict: information as well.',
    },
    trustedDomains: {
      type: 'array',
      items: { type: 'string', pattern: '^[^/:*]+$' },
      uniqueItems: true,
      description: 'Registrable domains and hosts that are your own, such as "acme.io". Origins outside of them count as foreign.',
    },
    rules: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(rules.map((rule) => [rule.id, level(rule)])),
      description: 'Levels by rule. A rule that is not named keeps its own.',
    },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'CORS Lint configuration',
    type: 'object',
    additionalProperties: false,
    allowTrailingCommas: true,
    properties: {
      $schema: { type: 'string' },
      extends: {
        anyOf: [{ $ref: '#/definitions/path' }, { type: 'array', items: { $ref: '#/definitions/path' } }],
        description: 'Configuration files that this one builds on. Later ones win, and this file over all.',
      },
      ...settings,
      ignore: {
        type: 'array',
        items: { type: 'string' },
        description: 'Files that are left out, in .gitignore syntax, relative to this file.',
      },
      overrides: {
        type: 'array',
        description: 'Settings for some files only. Later ones win.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['files'],
          properties: {
            files: {
              anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
              description: 'Globs relative to this file. One without a slash holds for names in every folder.',
            },
            ...settings,
          },
        },
      },
    },
    definitions: {
      level: { enum: ruleLevels },
      path: { type: 'string', pattern: '^\\.{1,2}/' },
    },
  };
}
