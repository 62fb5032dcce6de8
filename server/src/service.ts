import type { Insertion, InsertionRequest } from './core/authoring.ts';
import { defaultConfiguration, type Configuration } from './core/configuration.ts';
import type { Finding } from './core/finding.ts';
import type { SourceFile, SourceFiles } from './core/files.ts';
import { outsetOf, type Extraction, type Language, type LanguageEngine, type LanguageId, type Outset } from './core/language.ts';
import type { Rule } from './core/rule.ts';
import { applySuppressions, findSuppressions, type SuppressedFinding, type Suppression } from './core/suppressions.ts';
import { contains, placeKey, samePlace } from './core/text.ts';
import type { Workspace } from './core/workspace.ts';
import { finiteOrigins } from './cors/origins/finite.ts';
import { loadReasoning, type Origins } from './cors/origins/index.ts';
import type { OriginReasoning } from './cors/origins/reasoning.ts';
import { languageOf, languages } from './languages/index.ts';
import { Entrances } from './policy/entrances.ts';
import type { Policy } from './policy/model.ts';
import { needsAutomata } from './policy/needs-automata.ts';
import { takenInAt, type Taking } from './policy/taken-in.ts';
import { patternsIn, type PolicyView } from './policy/view.ts';
import { rules as allRules } from './rules/index.ts';
import { EarlierVersions } from './workspace/earlier-versions.ts';
import { KeptParts, type Examined } from './workspace/kept-parts.ts';
import { LatestFindings } from './workspace/latest-findings.ts';
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
  /** Without: the findings may come with no fixes, which costs less where a file is typed in. With, where it is absent. */
  readonly fixes?: 'with' | 'without';
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
  /** Whether the findings have their fixes: always, where these were asked for. */
  readonly fixes: 'with' | 'without';
  readonly suppressed: readonly SuppressedFinding[];
  readonly unusedSuppressions: readonly Suppression[];
}

/** A file with its policies as they were read; what answers a single request. */
export interface Reading {
  readonly file: SourceFile;
  readonly language: Language;
  readonly extraction: Extraction;
  readonly origins: Origins;
  /** Undefined where the file decides on no origin by a pattern. */
  readonly reasoning: OriginReasoning | undefined;
}

/** A reading with each policy evaluated in all its cases; what hovers and lenses read. */
export interface Analysis extends Reading {
  readonly views: readonly PolicyView[];
}

export interface Service {
  /** Lints one document. Never throws for any text; answers early and empty when the signal is aborted. */
  lint(document: LintDocument, options?: LintOptions): Promise<LintResult>;
  /** The policies of one document without their views, which cost most of an analysis. Undefined as of `analyse`. */
  read(document: LintDocument, options?: AnalyseOptions): Promise<Reading | undefined>;
  /** The policies of one document; undefined where it is of no language, or has nothing to do with CORS. */
  analyse(document: LintDocument, options?: AnalyseOptions): Promise<Analysis | undefined>;
  /**
   * Asks the engine of a document's language; undefined where the document is of none, or the signal is aborted. The question
   * is asked again until the files that it wants are there, so it must not keep state.
   */
  consult<T>(
    document: LintDocument,
    question: (engine: LanguageEngine, file: SourceFile, files: SourceFiles) => T,
    signal?: AbortSignal,
  ): Promise<T | undefined>;
  /**
   * The edits that write a whole policy into a document. Refused, with the reason, where the document is of no language that
   * can be written, or the place holds a policy already.
   */
  insertConfiguration(document: LintDocument, request: InsertionRequest): Promise<Insertion>;
  /** A document that is being edited: other files may rest on it, also where it says nothing about CORS itself. */
  edited(document: LintDocument): void;
  /** Drops what is cached of a file (or of all) after it changed outside of the given documents. */
  changed(uri?: string): void;
}

/** What somebody wants to know of a document. `settings`: the configuration as a text, equal where it is. */
interface Wanted extends Required<Pick<LintOptions, 'configuration' | 'fixes'>> {
  readonly settings: string;
  readonly signal: AbortSignal | undefined;
}

/** What the rules said of a whole file, with what they read. */
interface ExaminedWhole extends Examined, Taking {}

const nothingTaken: Taking = { views: [], observations: [] };

const nothing: LintResult = { language: undefined, findings: [], fixes: 'with', suppressed: [], unusedSuppressions: [] };

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
  const engineOf = async (language: Language, text: string): Promise<LanguageEngine> => {
    let loading = engines.get(language);
    if (!loading) engines.set(language, (loading = language.load()));
    const engine = await loading;
    await engine.prepare?.(text);
    return engine;
  };

  const parts = new KeptParts();
  const latest = new LatestFindings();
  const earlier = new EarlierVersions<LintResult>();

  /** An extraction with what decides about its origins. */
  const reasoned = async (extraction: Extraction): Promise<Omit<Reading, 'file' | 'language'>> => {
    const reasoning = needsAutomata(extraction) ? await loadReasoning() : undefined;
    return { extraction, origins: reasoning?.origins ?? finiteOrigins, reasoning };
  };

  /** The views of the policies of a reading. Undefined where the signal was aborted. */
  const view = async (
    { extraction, origins, reasoning }: Pick<Reading, 'extraction' | 'origins' | 'reasoning'>,
    signal: AbortSignal | undefined,
  ): Promise<readonly PolicyView[] | undefined> => {
    const pause = breather(signal);
    const policies = new Map(extraction.policies.map((policy) => [policy.id, policy]));
    const entrances = new Entrances();
    const viewed = new Map<Policy, PolicyView>();
    for (const policy of entrances.order(extraction.policies)) {
      if (await pause()) return undefined;
      viewed.set(policy, entrances.view(policy, { policies, routing: extraction.routing }, origins));
    }
    const views = extraction.policies.flatMap((policy) => viewed.get(policy) ?? []);
    await reasoning?.prepareRedos(patternsIn(views));
    return views;
  };

  /** What the rules say of what `begin` leads to. Undefined where the signal was aborted. */
  const examine = async (
    file: SourceFile,
    language: Language,
    begin: (files: SourceFiles) => Outset,
    { configuration, settings, signal, fixes }: Wanted,
    asked: SourceFiles = filesOf(language),
  ): Promise<ExaminedWhole | undefined> => {
    const begun = await filesOf(language).settle(() => {
      const outset = begin(asked);
      const known = fixes === 'without' ? latest.for(file.uri, settings, outset) : undefined;
      return known ? { known } : { basis: outset.basis, extraction: outset.extract() };
    }, signal);
    if (signal?.aborted === true) return undefined;
    if (begun.known) return { ...begun.known, ...nothingTaken };
    const { basis, extraction } = begun;
    const reading = await reasoned(extraction);
    const views = await view(reading, signal);
    if (!views) return undefined;
    const { origins } = reading;
    // The pattern in another spelling is only wanted for a fix, and is searched for longer than all the rest.
    const postponed = { any: false };
    const postpone = (): undefined => void (postponed.any = true);
    const reasoning =
      fixes === 'without' && reading.reasoning ? { ...reading.reasoning, repair: postpone, withoutAmbiguity: postpone } : reading.reasoning;
    const context = {
      file,
      language: language.id,
      observations: extraction.observations,
      origins,
      reasoning,
      trustedDomains: configuration.trustedDomains,
      authoring: extraction.authoring,
    };
    const written = new Set(views.map(({ policy }) => policy.language));
    const pause = breather(signal);
    const findings: Finding[] = [];
    for (const rule of rules) {
      const speaks = (id: LanguageId): boolean => rule.languages.includes(id);
      if (![language.id, ...written].some(speaks) || configuration.rules[rule.id] === 'off') continue;
      if (await pause()) return undefined;
      // Most files are of one language: the same list for every rule, so that what one rule asked of it answers the next.
      const known = [...written].every(speaks) ? views : views.filter(({ policy }) => speaks(policy.language));
      findings.push(...rule.check({ ...context, views: known }));
    }
    const examined: Examined = {
      findings: levelled(findings, configuration),
      comments: extraction.comments,
      ...(postponed.any && { withoutFixes: true }),
    };
    latest.keep(file.uri, settings, basis, examined);
    return { ...examined, views, observations: extraction.observations };
  };

  const languageFor = (document: LintDocument, evenUnrelated: boolean): Language | undefined => {
    const language = languageOf(document.uri, document.text, document.languageId);
    return language && (evenUnrelated || language.mayMatter(document.text)) ? language : undefined;
  };

  const consult: Service['consult'] = async (document, question, signal) => {
    const language = languageOf(document.uri, document.text, document.languageId);
    if (!language) return undefined;
    const engine = await engineOf(language, document.text);
    const files = filesOf(language);
    const file = files.put(document);
    const answer = await files.settle(() => question(engine, file, files), signal);
    return signal?.aborted === true ? undefined : answer;
  };

  /**
   * A version of a document is read once while no other file changes, whoever asks: hover, lens, and every request that is
   * simulated.
   */
  const readings = new WeakMap<SourceFile, { readonly filesVersion: number; readonly reading: Reading }>();
  const analyses = new WeakMap<Reading, Analysis>();

  const opened = async (document: LintDocument, { signal, evenUnrelated = false }: AnalyseOptions): Promise<Reading | undefined> => {
    const language = languageFor(document, evenUnrelated);
    if (!language) return undefined;
    const engine = await engineOf(language, document.text);
    const files = filesOf(language);
    const file = files.put(document);
    const known = readings.get(file);
    if (known?.filesVersion === files.version) return known.reading;
    let filesVersion = files.version;
    const extract = (asked: SourceFiles): Extraction => {
      filesVersion = files.version;
      return engine.extract(file, asked);
    };
    const extraction = await files.settle(() => extract(files), signal);
    if (signal?.aborted === true) return undefined;
    const reading = { file, language, ...(await reasoned(extraction)) };
    readings.set(file, { filesVersion, reading });
    return reading;
  };

  return {
    read: (document, options = {}) => opened(document, options),
    async analyse(document, options = {}) {
      const reading = await opened(document, options);
      if (!reading) return undefined;
      let analysis = analyses.get(reading);
      if (!analysis) {
        const views = await view(reading, options.signal);
        if (!views) return undefined;
        analyses.set(reading, (analysis = { ...reading, views }));
      }
      return analysis;
    },
    consult,
    async insertConfiguration(document, request) {
      const extraction = await consult(document, (engine, file, files) => engine.extract(file, files));
      const written = extraction?.authoring.insertConfiguration?.(request);
      return written ?? { refused: 'This file is no configuration or program that CORS Lint can write into.' };
    },
    edited(document) {
      for (const files of loaded.values()) files.update(document);
    },
    changed(uri) {
      for (const files of loaded.values()) files.forget(uri);
    },
    async lint(document, { configuration = defaultConfiguration, signal, fixes = 'with' } = {}) {
      const language = languageFor(document, false);
      if (!language) return nothing;
      const engine = await engineOf(language, document.text);
      const files = filesOf(language);
      const file = files.put(document);
      const { changes } = files;
      const settings = JSON.stringify(configuration);
      const conditions = (): string => `${files.versionBeside(file.uri)} ${settings}`;
      const known = earlier.get(file, conditions());
      if (known && (known.fixes === 'with' || fixes === 'without')) return known;
      if ((await files.settle(() => engine.mayMatter?.(file, files), signal)) === false) return { ...nothing, language };
      const division = await files.settle(() => engine.divide?.(file, files), signal);
      const wanted: Wanted = { configuration, settings, signal, fixes };
      const whole = division ? undefined : await examine(file, language, (asked) => begin(engine, file, asked), wanted);
      const examined = division
        ? await parts.examine(file, division, wanted, files, (part, asked) =>
            examine(file, language, (known) => outsetOf(part.extract(known)), wanted, asked),
          )
        : whole;
      if (!examined) return nothing;
      const taking = engine.importsValues === true && whole ? whole : nothingTaken;
      const shown = inOrder(oneCauseOneFinding(inOrder(examined.findings), rules).flatMap((finding) => inFile(finding, file.uri, taking)));
      const suppressions = findSuppressions(file.text, examined.comments, language.comments);
      const { kept, suppressed, unused } = applySuppressions(shown, suppressions);
      const made = examined.withoutFixes ? 'without' : 'with';
      const result: LintResult = { language, findings: kept, fixes: made, suppressed, unusedSuppressions: unused };
      // With a file that changed meanwhile the answer may be another one.
      if (signal?.aborted !== true && files.changes === changes) earlier.keep(file, conditions(), result);
      return result;
    },
  };
}

/** The first half of an extraction; the whole of one where its language has no halves. */
function begin(engine: LanguageEngine, file: SourceFile, files: SourceFiles): Outset {
  return engine.begin?.(file, files) ?? outsetOf(engine.extract(file, files));
}

/** Whether a text can hold anything about CORS in any language; a cheap check before anything is started. */
export function mayMatter(text: string): boolean {
  return languages.some((language) => language.mayMatter(text));
}

/**
 * Keeps one finding for each cause: of a rule one at a place, and none where a rule that it yields to reports at the same
 * place or inside the node that it is about. The message that stays names the rules that it stands for.
 */
function oneCauseOneFinding(findings: readonly Finding[], rules: readonly Rule[]): readonly Finding[] {
  const yieldsTo = new Map(rules.map((rule) => [rule.id, rule.yieldsTo ?? []]));
  const once = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.ruleId} ${placeKey(finding.place)}`;
    if (!once.has(key)) once.set(key, finding);
  }
  const all = [...once.values()];
  const also = new Map<Finding, string[]>();
  const kept = all.filter((finding) => {
    const stronger = yieldsTo.get(finding.ruleId);
    const causes = stronger ? all.filter((other) => stronger.includes(other.ruleId) && sameCause(finding, other)) : [];
    for (const other of causes) also.set(other, [...(also.get(other) ?? []), finding.ruleId]);
    return causes.length === 0;
  });
  return kept.map((finding) => {
    const others = new Set(also.get(finding));
    return others.size === 0 ? finding : { ...finding, message: `${finding.message} (Also: ${[...others].join(', ')}.)` };
  });
}

function sameCause(finding: Finding, other: Finding): boolean {
  if (other.place.uri !== finding.place.uri) return false;
  return samePlace(finding.place, other.place) || (finding.cause !== undefined && contains(finding.cause.range, other.place.range));
}

/** A finding as it is shown in a file: what is wrong with imported values stands where the file takes them in. */
function inFile(finding: Finding, uri: string, taking: Taking): readonly Finding[] {
  if (finding.place.uri === uri) return [finding];
  const beside = finding.related.map(({ place }) => place);
  const place = takenInAt(taking, finding.place, uri, beside);
  if (!place) return [];
  return [{ ...finding, place, related: [{ place: finding.place, message: 'It is written here.' }, ...finding.related] }];
}

/** Puts the configured levels in place, and leaves out what is off or below the profile. */
function levelled(findings: readonly Finding[], configuration: Configuration): readonly Finding[] {
  const shown: Finding[] = [];
  for (const finding of findings) {
    const level = configuration.rules[finding.ruleId] ?? finding.level;
    const wanted = configuration.rules[finding.ruleId] !== undefined || configuration.profile === 'strict' || level !== 'info';
    if (level !== 'off' && wanted) shown.push(level === finding.level ? finding : { ...finding, level });
  }
  return shown;
}

/** Sorted by position, then by rule. A comparison by the language of a reader would load its collation, which takes 10 ms. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      a.place.range.start - b.place.range.start ||
      a.place.range.end - b.place.range.end ||
      (a.ruleId < b.ruleId ? -1 : Number(a.ruleId > b.ruleId)),
  );
}

/** A pause that gives the event loop a turn every `STRETCH` milliseconds and tells whether the work was cancelled. */
function breather(signal: AbortSignal | undefined): () => Promise<boolean> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > STRETCH) {
      await new Promise<void>((resolve) => {
        // A timer of no time waits for a whole millisecond in Node; a browser has nothing else.
        if (typeof setImmediate === 'function') setImmediate(resolve);
        else setTimeout(resolve, 0);
      });
      since = performance.now();
    }
    return signal?.aborted === true;
  };
}
