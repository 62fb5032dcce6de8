/** Fixes where a file is written in two languages: what stands in a snippet is edited as nginx, everything else as a manifest. */
import type { Authoring, WantedHeader } from '../../core/authoring.ts';
import { ServerAuthoring } from '../../core/server-authoring.ts';
import { contains, type Place } from '../../core/text.ts';
import type { Authentication, CheckEntry, HeaderWrite, OriginCheck, Policy } from '../../policy/model.ts';
import type { Snippet } from './snippets.ts';

type Edits = ReturnType<Authoring['rewrite']>;

export function withSnippets(manifest: Authoring, snippets: readonly Snippet[]): Authoring {
  return snippets.length === 0 ? manifest : new SnippetAuthoring(manifest, snippets);
}

class SnippetAuthoring extends ServerAuthoring implements Authoring {
  readonly #manifest: Authoring;
  readonly #snippets: readonly Snippet[];

  constructor(manifest: Authoring, snippets: readonly Snippet[]) {
    super();
    this.#manifest = manifest;
    this.#snippets = snippets;
  }

  /** Whose text it is. */
  #at({ range }: Place): Authoring {
    return this.#snippets.find(({ place }) => contains(place.range, range))?.extraction.authoring ?? this.#manifest;
  }

  #of(policy: Policy): Authoring {
    return (
      this.#snippets.find(({ extraction }) => extraction.policies.some(({ id }) => id === policy.id))?.extraction.authoring ??
      this.#manifest
    );
  }

  sendAlways(write: HeaderWrite): Edits {
    return this.#at(write.place).sendAlways(write);
  }

  addHeaderBeside(write: HeaderWrite, header: WantedHeader): Edits {
    return this.#at(write.place).addHeaderBeside(write, header);
  }

  varyByOrigin(write: HeaderWrite): Edits {
    return this.#at(write.place).varyByOrigin(write);
  }

  varyAlways(write: HeaderWrite): Edits {
    return this.#at(write.place).varyAlways(write);
  }

  mergeVary(write: HeaderWrite): Edits {
    return this.#at(write.place).mergeVary(write);
  }

  rewrite(place: Place, code: string): Edits {
    return this.#at(place).rewrite(place, code);
  }

  guardOrigin(write: HeaderWrite): Edits {
    return this.#at(write.place).guardOrigin(write);
  }

  hideUpstream(policy: Policy, names: readonly string[]): Edits {
    return this.#of(policy).hideUpstream(policy, names);
  }

  remove(write: HeaderWrite): Edits {
    return this.#at(write.place).remove(write);
  }

  replaceValue(write: HeaderWrite, text: string): Edits {
    return this.#at(write.place).replaceValue(write, text);
  }

  replaceText(place: Place, text: string): Edits {
    return this.#at(place).replaceText(place, text);
  }

  replacePattern(check: OriginCheck, source: string, flags: string): Edits {
    return this.#at(check.place).replacePattern(check, source, flags);
  }

  respellPattern(check: OriginCheck, source: string, flags: string): Edits {
    return this.#at(check.place).respellPattern(check, source, flags);
  }

  listOrigins(check: OriginCheck, origins: readonly string[]): Edits {
    return this.#at(check.place).listOrigins(check, origins);
  }

  removeEntry(check: OriginCheck, entry: CheckEntry): Edits {
    return this.#at(entry.place).removeEntry(check, entry);
  }

  allowOnly(write: HeaderWrite, part: Place, origins: readonly string[]): Edits {
    return this.#at(write.place).allowOnly(write, part, origins);
  }

  answerPreflight(policy: Policy): Edits {
    return this.#of(policy).answerPreflight(policy);
  }

  exemptPreflight(authentication: Authentication, policy: Policy): Edits {
    return this.#of(policy).exemptPreflight(authentication, policy);
  }

  repeatWrites(block: Place, writes: readonly HeaderWrite[]): Edits {
    return this.#at(block).repeatWrites(block, writes);
  }

  carryInto(answer: Place, writes: readonly HeaderWrite[]): Edits {
    return this.#at(answer).carryInto(answer, writes);
  }

  sendBeyondPreflight(writes: readonly HeaderWrite[], answer: Place): Edits {
    return this.#at(answer).sendBeyondPreflight(writes, answer);
  }

  disableComment(offset: number, scope: 'next-line' | 'line' | 'file', ruleId: string): ReturnType<Authoring['disableComment']> {
    const place: Place = { uri: this.#snippets[0]?.place.uri ?? '', range: { start: offset, end: offset } };
    return (scope === 'file' ? this.#manifest : this.#at(place)).disableComment(offset, scope, ruleId);
  }
}
