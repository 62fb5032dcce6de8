import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, Location, PhysicalLocation, Region as SarifRegion, ReportingDescriptor, Result, Replacement } from 'sarif';
import { version } from '../../../../package.json';
import type { Rule } from '../../core/rule.ts';
import { wayBelow } from '../below.ts';
import { documentationOf } from '../documentation.ts';
import { fingerprintsOf } from '../fingerprint.ts';
import { Lines } from '../positions.ts';
import { levelOf, type LintedFile, type Message, type Region, type SuppressedMessage, type TextReplacement } from '../result.ts';
import type { Formatter } from './format.ts';

const ROOT = 'ROOT';
const levels = { error: 'error', warning: 'warning', info: 'note' } as const;
/** GitHub's scale for a rule's security severity, from 0 to 10. */
const securitySeverity = { error: '8.0', warning: '5.0', info: '2.0' } as const;

/** SARIF 2.1.0: one run, paths relative to the working folder and encoded, fingerprints that survive moved lines. */
export const formatSarif: Formatter = (results, { cwd, rules }) => {
  const used = new Map<string, number>();
  const descriptors: ReportingDescriptor[] = [];
  const indexOf = (id: string): number => {
    let index = used.get(id);
    if (index === undefined) {
      used.set(id, (index = descriptors.length));
      const rule = rules.find((each) => each.id === id);
      descriptors.push(rule ? descriptor(rule) : { id });
    }
    return index;
  };
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cors-lint', version, semanticVersion: version, rules: descriptors } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { uri: pathToFileURL(`${cwd}/`).href } },
        artifacts: results.map((file) => ({ location: artifactLocation(cwd, file.filePath) })),
        results: results.flatMap((file, index) => resultsOf(file, index, cwd, indexOf)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function descriptor(rule: Rule): ReportingDescriptor {
  const documentation = documentationOf(rule.id);
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.summary },
    help: { text: documentation ?? rule.summary, ...(documentation !== undefined && { markdown: documentation }) },
    defaultConfiguration: { level: levels[rule.level] },
    properties: { tags: ['security', 'cors', rule.category], 'security-severity': securitySeverity[rule.level], precision: 'high' },
  };
}

function resultsOf(file: LintedFile, index: number, cwd: string, indexOf: (id: string) => number): readonly Result[] {
  const lines = new Lines(file.output ?? file.source);
  const fingerprints = fingerprintsOf(file);
  const location = (region: SarifRegion): PhysicalLocation => ({
    artifactLocation: { ...artifactLocation(cwd, file.filePath), index },
    region,
  });
  const toResult = (message: Message): Result => {
    const { ruleId, relatedLocations = [] } = message;
    const fixes = message.fix
      ? [{ description: { text: 'Safe fix.' }, artifactChanges: [change(cwd, file.filePath, lines, message.fix)] }]
      : [];
    const suggested = (message.suggestions ?? []).flatMap(({ desc, fix, placeholder }) =>
      fix && !placeholder ? [{ description: { text: desc }, artifactChanges: [change(cwd, file.filePath, lines, fix)] }] : [],
    );
    return {
      ruleId,
      ruleIndex: indexOf(ruleId),
      level: levels[levelOf(message.severity)],
      message: { text: message.message },
      locations: [{ physicalLocation: location({ ...sarifRegion(message), snippet: { text: lines.line(message.line) } }) }],
      ...(relatedLocations.length > 0 && {
        relatedLocations: relatedLocations.map((related, id): Location => ({
          id,
          message: { text: related.message },
          physicalLocation: { artifactLocation: artifactLocation(cwd, related.filePath), region: sarifRegion(related) },
        })),
      }),
      ...(fixes.length + suggested.length > 0 && { fixes: [...fixes, ...suggested] }),
      properties: { confidence: message.confidence, ...(message.witness !== undefined && { witness: message.witness }) },
    };
  };
  const suppressed = (message: SuppressedMessage): Result => ({
    ...toResult(message),
    suppressions: message.suppressions.map(({ justification }) => ({ kind: 'inSource', ...(justification !== '' && { justification }) })),
  });
  return [
    ...file.messages.map((message, at) => ({ ...toResult(message), partialFingerprints: { 'corsLint/v1': fingerprints[at] ?? '' } })),
    ...file.suppressedMessages.map(suppressed),
  ];
}

function change(
  cwd: string,
  path: string,
  lines: Lines,
  { range: [start, end], text }: TextReplacement,
): { artifactLocation: ReturnType<typeof artifactLocation>; replacements: Replacement[] } {
  const from = lines.at(start);
  const to = lines.at(end);
  const deletedRegion = sarifRegion({ line: from.line, column: from.column, endLine: to.line, endColumn: to.column });
  return { artifactLocation: artifactLocation(cwd, path), replacements: [{ deletedRegion, insertedContent: { text } }] };
}

function sarifRegion({ line, column, endLine, endColumn }: Region): SarifRegion {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function artifactLocation(cwd: string, path: string): { uri: string; uriBaseId?: string } {
  const below = wayBelow(cwd, path);
  if (!below) return { uri: pathToFileURL(path).href };
  return { uri: below.split(sep).map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}
