import type { Finding } from '../../core/finding.ts';
import type { Rule, RuleContext } from '../../core/rule.ts';
import { normaliseMethod } from '../../cors/headers.ts';
import { editDistance } from '../../cors/near-miss.ts';
import { parseTokenList, trimCharacters } from '../../cors/token.ts';
import { offer, report, SERVER_LANGUAGES } from '../report.ts';
import { sentTexts, type SentText } from '../sent-lines.ts';
import { listed } from '../words.ts';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'LINK',
  'UNLINK',
  'PURGE',
  'VIEW',
];

export const invalidTokenList: Rule = {
  id: 'invalid-token-list',
  category: 'preflight',
  level: 'error',
  languages: [...SERVER_LANGUAGES, 'ingress'],
  summary: 'A list of methods or headers is malformed, or a method is spelled as no browser sends it.',
  fix: 'unsafe',
  *check(context) {
    yield* listsOf(context, 'Access-Control-Allow-Methods', context.authoring);
    yield* listsOf(context, 'Access-Control-Allow-Headers', context.authoring);
    yield* listsOf(context, 'Access-Control-Expose-Headers', context.authoring);
  },
};

function* listsOf(context: RuleContext, name: string, authoring: RuleContext['authoring']): Generator<Finding> {
  for (const sent of sentTexts(context, name)) {
    const list = parseTokenList(sent.text);
    if (!list.ok) {
      const wanted = tokensIn(sent.text)
        .filter((word) => !MEDIA_TYPE.test(word))
        .join(', ');
      const consequence =
        name === 'Access-Control-Expose-Headers' ? 'browsers expose none of them' : 'every preflight fails, whatever it asks for';
      // `X-Tenant:` is one name with something too much, `GET; PUT` are two.
      const [meant, second] = tokensIn(list.offender);
      const [fact, remedy] =
        meant !== undefined && second === undefined && list.offender !== sent.text
          ? [`\`${list.offender}\` in ${name} is no ${nameOf(name)}`, MEDIA_TYPE.test(meant) ? 'Take it out' : `Write \`${meant}\``]
          : [`${name} is not a comma-separated list of names`, 'Separate them by commas'];
      yield report('invalid-token-list', 'error', sent.place, `${fact}, so ${consequence}. ${remedy}.`, {
        fixes:
          wanted !== '' && parseTokenList(wanted).ok ? offer(`Write "${wanted}"`, 'unsafe', authoring.replaceText(sent.place, wanted)) : [],
      });
    } else if (name === 'Access-Control-Allow-Methods') yield* misspelled(sent, list.tokens, authoring);
  }
}

/** A value of Content-Type or Accept, which stands for no name where it is written among them. */
const MEDIA_TYPE = /^(?:application|audio|font|image|multipart|text|video|\*)\/[\w.+*-]+$/i;

const nameOf = (header: string): string => (header === 'Access-Control-Allow-Methods' ? 'method' : 'header name');

/** The names that a malformed list most likely means: what stands between separators, without what belongs to no name. */
function tokensIn(text: string): readonly string[] {
  return text
    .split(/[\s,;|[\]"'()]+/)
    .map((word) => trimCharacters(word, ':/\\=<>'))
    .filter((word) => word !== '');
}

/** Methods compare with their case, and browsers send the usual ones in upper case (behaviour 4.5). */
function* misspelled(sent: SentText, methods: readonly string[], authoring: RuleContext['authoring']): Generator<Finding> {
  const wrong = methods.flatMap((method) => respelled(method) ?? []);
  const [first] = wrong;
  if (!first) return;
  const cased = wrong.filter(({ isCase }) => isCase);
  const text = sent.text.replace(/[\w-]+/g, (word) => wrong.find(({ method }) => method === word)?.meant ?? word);
  const named = cased.map(({ method }) => `\`${method}\``);
  const meant = listed(cased.map((each) => `\`${each.meant}\``));
  yield report(
    'invalid-token-list',
    wrong.some(({ level }) => level === 'error') ? 'error' : 'warning',
    sent.place,
    cased.length > 0
      ? `Browsers send ${cased.length === 1 ? 'the method as' : 'these methods as'} ${meant} and compare with case, so ${listed(named)} ${cased.length === 1 ? 'allows' : 'allow'} nothing. Write ${meant}.`
      : `\`${first.method}\` is no HTTP method, so it allows nothing. Did you mean \`${first.meant}\`?`,
    { fixes: offer(`Write ${wrong.map((each) => each.meant).join(', ')}`, 'unsafe', authoring.replaceText(sent.place, text)) },
  );
}

interface Respelling {
  readonly method: string;
  readonly meant: string;
  readonly level: 'error' | 'warning';
  /** Only its case is wrong. */
  readonly isCase: boolean;
}

/** What a method that no browser sends was most likely to be; undefined for a right or an unheard-of one. */
function respelled(method: string): Respelling | undefined {
  const upper = method.toUpperCase();
  if (method === '*' || METHODS.includes(method)) return undefined;
  if (METHODS.includes(upper)) {
    if (['GET', 'HEAD', 'POST', 'OPTIONS'].includes(upper)) return undefined;
    return { method, meant: upper, level: normaliseMethod(method) === method ? 'warning' : 'error', isCase: true };
  }
  const near = METHODS.find((each) => editDistance(each, upper, 2) <= (each.length > 4 ? 2 : 1) && /^[A-Z]+$/.test(upper));
  return near === undefined ? undefined : { method, meant: near, level: 'warning', isCase: false };
}
