import { defaultConfiguration, type Configuration } from './core/configuration.ts';
import type { Finding } from './core/finding.ts';
import type { SourceFile } from './core/files.ts';
import type { Extraction, Language, LanguageEngine } from './core/language.ts';
import type { Rule } from './core/rule.ts';
import { applySuppressions, findSuppressions, type SuppressedFinding, type Suppression } from './core/suppressions.ts';
import { contains, placeKey, samePlace } from './core/text.ts';
import type { Workspace } from './core/workspace.ts';
import { finiteOrigins } from './cors/origins/finite.ts';
import { loadReasoning, type Origins } from './cors/origins/index.ts';
import type { OriginReasoning } from './cors/origins/reasoning.ts';
import { languageOf, languages } from './languages/index.ts';
import { needsAutomata } from './policy/needs-automata.ts';
import { viewPolicy, type PolicyView } from './policy/view.ts';
import { rules as allRules } from './rules/index.ts';
import { LoadedFiles } from './workspace/loaded-files.ts';

/** A file's text as somebody wants it analysed. */
export interface LintDocument {
  readonly uri: string;
  readonly text: string;
  readonly languageId?: string;
}

export interface LintOptions {
  readonly configuration?: Configuration;
  readonly signal?: AbortSignal;
}

export interface AnalyseOptions {
  readonly signal?: AbortSignal;
  /** Also analyses a text that cannot hold anything about CORS, as a simulated request needs it. */
  readonly evenUnrelated?: boolean;
}

export interface LintResult {
  readonly language: Language | undefined;
  /** Sorted by position. Levels are those of the configuration; findings below the profile are left out. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly unusedSuppressions: readonly Suppression[];
}

/** A file with everything that was computed of it; what hovers, lenses and the simulator read. */
export interface Analysis {
  readonly file: SourceFile;
  readonly language: Language;
  readonly extraction: Extraction;
  readonly views: readonly PolicyView[];
  readonly origins: Origins;
  /** Undefined where the file decides on no origin by a pattern. */
  readonly reasoning: OriginReasoning | undefined;
}

export interface Service {
  /** Lints one document. Never throws for any text; answers early and empty when the signal is aborted. */
  lint(document: LintDocument, options?: LintOptions): Promise<LintResult>;
  /** The policies of one document; undefined where it is of no language, or has nothing to do with CORS. */
  analyse(document: LintDocument, options?: AnalyseOptions): Promise<Analysis | undefined>;
  /** Drops what is cached of a file (or of all) after it changed outside of the given documents. */
  changed(uri?: string): void;
}

const nothing: LintResult = { language: undefined, findings: [], suppressed: [], unusedSuppressions: [] };

/** How long one stretch of work may last before the event loop gets a turn, in milliseconds. */
const STRETCH = 10;

/** Makes the service over a workspace. `rules` defaults to the whole catalogue. */
export function createService({
  workspace,
  rules = allRules,
}: {
  readonly workspace: Workspace;
  readonly rules?: readonly Rule[];
}): Service {
  const engines = new Map<Language, Promise<LanguageEngine>>();
  const loaded = new Map<Language, LoadedFiles>();
  const filesOf = (language: Language): LoadedFiles => {
    let files = loaded.get(language);
    if (!files) loaded.set(language, (files = new LoadedFiles(workspace, (uri) => language.claims(uri) !== 'no')));
    return files;
  };
  const engineOf = (language: Language): Promise<LanguageEngine> => {
    let engine = engines.get(language);
    if (!engine) engines.set(language, (engine = language.load()));
    return engine;
  };

  const analyse = async (document: LintDocument, { signal, evenUnrelated = false }: AnalyseOptions = {}): Promise<Analysis | undefined> => {
    const language = languageOf(document.uri, document.text, document.languageId);
    if (!language || !(evenUnrelated || language.mayMatter(document.text))) return undefined;
    const engine = await engineOf(language);
    const files = filesOf(language);
    const file = files.put(document);
    const extraction = await files.settle(() => engine.extract(file, files), signal);
    if (signal?.aborted === true) return undefined;
    const reasoning = needsAutomata(extraction) ? await loadReasoning() : undefined;
    const origins = reasoning?.origins ?? finiteOrigins;
    const pause = breather(signal);
    const policies = new Map(extraction.policies.map((policy) => [policy.id, policy]));
    const views: PolicyView[] = [];
    for (const policy of extraction.policies) {
      if (await pause()) return undefined;
      views.push(viewPolicy(policy, { policies, routing: extraction.routing }, origins));
    }
    return { file, language, extraction, views, origins, reasoning };
  };

  return {
    analyse,
    changed(uri) {
      for (const files of loaded.values()) files.forget(uri);
    },
    async lint(document, { configuration = defaultConfiguration, signal } = {}) {
      const analysis = await analyse(document, signal ? { signal } : {});
      if (!analysis) return nothing;
      const { file, language, extraction, views, origins, reasoning } = analysis;
      const context = {
        file,
        language: language.id,
        views,
        observations: extraction.observations,
        origins,
        reasoning,
        trustedDomains: configuration.trustedDomains,
        authoring: extraction.authoring,
      };
      const pause = breather(signal);
      const found: Finding[] = [];
      for (const rule of rules) {
        if (!rule.languages.includes(language.id) || configuration.rules[rule.id] === 'off') continue;
        if (await pause()) return nothing;
        found.push(...rule.check(context));
      }
      const shown = oneCauseOneFinding(levelled(found, configuration), rules).filter((finding) => finding.place.uri === file.uri);
      const suppressions = findSuppressions(file.text, extraction.comments, language.comments);
      const { kept, suppressed, unused } = applySuppressions(shown, suppressions);
      return { language, findings: kept, suppressed, unusedSuppressions: unused };
    },
  };
}

/** Whether a text can hold anything about CORS in any language; a cheap check before anything is started. */
export function mayMatter(text: string): boolean {
  return languages.some((language) => language.mayMatter(text));
}

/**
 * Keeps one finding for each cause: of a rule one at a place, and none where a rule that it yields to reports at the same
 * place or inside the node that it is about.
 */
function oneCauseOneFinding(findings: readonly Finding[], rules: readonly Rule[]): readonly Finding[] {
  const yieldsTo = new Map(rules.map((rule) => [rule.id, rule.yieldsTo ?? []]));
  const once = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.ruleId} ${placeKey(finding.place)}`;
    if (!once.has(key)) once.set(key, finding);
  }
  const kept = [...once.values()];
  return kept.filter((finding) => {
    const stronger = yieldsTo.get(finding.ruleId);
    return stronger === undefined || !kept.some((other) => stronger.includes(other.ruleId) && sameCause(finding, other));
  });
}

function sameCause(finding: Finding, other: Finding): boolean {
  if (other.place.uri !== finding.place.uri) return false;
  return samePlace(finding.place, other.place) || (finding.cause !== undefined && contains(finding.cause.range, other.place.range));
}

/** Puts the configured levels in place, leaves out what is off or below the profile, and sorts by position. */
function levelled(findings: readonly Finding[], configuration: Configuration): readonly Finding[] {
  const shown: Finding[] = [];
  for (const finding of findings) {
    const level = configuration.rules[finding.ruleId] ?? finding.level;
    const wanted = configuration.rules[finding.ruleId] !== undefined || configuration.profile === 'strict' || level !== 'info';
    if (level !== 'off' && wanted) shown.push(level === finding.level ? finding : { ...finding, level });
  }
  return shown.sort(
    (a, b) => a.place.range.start - b.place.range.start || a.place.range.end - b.place.range.end || a.ruleId.localeCompare(b.ruleId),
  );
}

/** A pause that gives the event loop a turn every `STRETCH` milliseconds and tells whether the work was cancelled. */
function breather(signal: AbortSignal | undefined): () => Promise<boolean> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > STRETCH) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
    return signal?.aborted === true;
  };
}
