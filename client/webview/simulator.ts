/**
 * The simulator's page. It holds the form and shows what the panel answers. Whatever comes from the file is set as text,
 * never as markup.
 */
import type {
  PageState,
  SimulatedExchange,
  SimulatedForm,
  SimulatedHeader,
  SimulatedPolicy,
  SimulationResult,
  ToPage,
  ToPanel,
  WordKey,
  Words,
} from '../src/simulator/messages.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: ToPanel): void;
  getState(): Partial<PageState> | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();
const words = JSON.parse(document.body.dataset['words'] ?? '{}') as Words;
const word = (key: WordKey): string => words[key];

function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

const place = byId('place', HTMLSelectElement);
const fields = {
  origin: byId('origin', HTMLInputElement),
  method: byId('method', HTMLInputElement),
  address: byId('address', HTMLInputElement),
  headers: byId('headers', HTMLTextAreaElement),
  credentials: byId('credentials', HTMLSelectElement),
  status: byId('status', HTMLInputElement),
};
const verdict = byId('verdict', HTMLDivElement);
const exchanges = byId('exchanges', HTMLElement);
const notice = byId('notice', HTMLDivElement);
const presets = ['honest', 'lookalike', 'null', 'none'] as const;

let uri = '';
let policies: readonly SimulatedPolicy[] = [];

function readForm(): SimulatedForm {
  const { origin, method, address, headers, credentials, status } = fields;
  return {
    origin: origin.value,
    method: method.value,
    address: address.value,
    headers: headers.value,
    credentials: credentials.value as SimulatedForm['credentials'],
    status: status.value,
  };
}

function fill(form: Partial<SimulatedForm>): void {
  for (const [name, field] of Object.entries(fields)) {
    const value = form[name as keyof SimulatedForm];
    if (typeof value === 'string') field.value = value;
  }
}

/** The form has changed: it is kept and asked about. */
function ask(): void {
  const form = readForm();
  vscode.setState({ uri, form });
  showPreset();
  vscode.postMessage({ kind: 'simulate', form });
}

/** The policy that answers the form's request, where it is one of the list. */
function chosen(): SimulatedPolicy | undefined {
  return policies.find(({ id }) => id === place.value);
}

function presetOrigin(preset: (typeof presets)[number]): string {
  const policy = chosen() ?? policies.find(({ summary }) => summary !== undefined) ?? policies[0];
  switch (preset) {
    case 'honest':
      return policy?.honest ?? 'https://example.com';
    case 'lookalike':
      return policy?.lookalike ?? 'https://evil.example';
    default:
      return preset;
  }
}

/** The preset that the form's origin was when it was last looked at; undefined for one that the user has written. */
function pressedPreset(): (typeof presets)[number] | undefined {
  return presets.find((preset) => byId(`preset-${preset}`, HTMLButtonElement).ariaPressed === 'true');
}

function showPreset(): void {
  for (const preset of presets) {
    const button = byId(`preset-${preset}`, HTMLButtonElement);
    const origin = presetOrigin(preset);
    button.title = origin;
    button.setAttribute('aria-pressed', String(fields.origin.value === origin));
  }
}

function showPolicies(choose: string | undefined): void {
  const before = place.selectedIndex;
  const preset = pressedPreset();
  const listed = policies.map(({ title, summary }) => (summary === undefined ? title : `${title} — ${summary}`));
  const shown = [...place.options].slice(1).map(({ text }) => text);
  // A list that is open must not be replaced by the same one.
  if (listed.length !== shown.length || listed.some((text, index) => text !== shown[index])) {
    place.replaceChildren(new Option(word('anyPlace'), ''), ...listed.map((text) => new Option(text)));
  }
  for (const [index, { id }] of policies.entries()) {
    const option = place.options[index + 1];
    if (option) option.value = id;
  }
  const policy = policies.find(({ id }) => id === choose);
  if (policy) {
    place.value = policy.id;
    take(policy, preset);
  } else {
    // Until the answer tells which one it is: ids hold offsets, which move with the text above them.
    place.selectedIndex = before < place.options.length ? before : 0;
  }
}

/** The place that answers is the one that is shown, whatever the user has typed; the first entry stands for any that is not listed. */
function showAnswering(answeredBy: SimulationResult['answeredBy']): void {
  const [other] = place.options;
  if (!other) return;
  const listed = policies.find((policy) => policy.place === answeredBy?.place);
  other.text = answeredBy === undefined || listed ? word('anyPlace') : answeredBy.title;
  place.value = listed?.id ?? '';
  showPreset();
}

/** The form takes over a policy's request, and the policy's own honest origin or lookalike for that of another. */
function take(policy: SimulatedPolicy, preset: (typeof presets)[number] | undefined): void {
  fill({ address: policy.address, method: policy.method });
  if (fields.origin.value === '') fields.origin.value = policy.honest;
  else if (preset !== undefined) fields.origin.value = presetOrigin(preset);
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  { text, className, ...rest }: { readonly text?: string; readonly className?: string; readonly hidden?: boolean } = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  if (rest.hidden === true) made.hidden = true;
  made.append(...children);
  return made;
}

const marks = { allowed: '✓', blocked: '✗', unknown: '?', passed: '✓', failed: '✗' } as const;

function mark(kind: keyof typeof marks): HTMLElement {
  const made = element('span', { text: marks[kind], className: `mark ${kind}` });
  made.ariaHidden = 'true';
  return made;
}

function button(text: string, key: string, act: () => void): HTMLButtonElement {
  const made = element('button', { text });
  made.type = 'button';
  made.dataset['key'] = key;
  made.addEventListener('click', act);
  return made;
}

function requestLines({ method, path, headers }: SimulatedExchange['request']): HTMLElement {
  const lines = [`${method} ${path}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return element('pre', { text: lines.join('\n') });
}

function headerRow({ name, value, writtenBy }: SimulatedHeader, key: string): HTMLElement {
  const where = element('td');
  if (writtenBy) {
    const file = writtenBy.uri === uri ? '' : `${decodeURIComponent(writtenBy.uri.slice(writtenBy.uri.lastIndexOf('/') + 1))}, `;
    const link = button(`${file}${word('line')} ${writtenBy.range.start.line + 1}`, key, () => {
      vscode.postMessage({ kind: 'open', uri: writtenBy.uri, range: writtenBy.range });
    });
    link.className = 'link';
    link.title = writtenBy.text;
    where.append(link, element('code', { text: writtenBy.text }));
  }
  const header = element('th', { text: name });
  header.scope = 'row';
  return element(
    'tr',
    {},
    header,
    value === null ? element('td', {}, element('em', { text: word('notKnown') })) : element('td', { text: value }),
    where,
  );
}

function response({ response: { status, headers, maybe, complete } }: SimulatedExchange, key: string): readonly HTMLElement[] {
  const made: HTMLElement[] = [
    element('p', { text: status === null ? word('statusNotKnown') : `${word('status')} ${status}`, className: 'status-line' }),
  ];
  if (headers.length === 0) made.push(element('p', { text: word('noHeaders') }));
  else {
    const head = element(
      'tr',
      {},
      ...(['name', 'value', 'writtenBy'] as const).map((each) => {
        const cell = element('th', { text: word(each) });
        cell.scope = 'col';
        return cell;
      }),
    );
    made.push(
      element(
        'table',
        {},
        element('caption', { text: word('response'), className: 'unseen' }),
        element('thead', {}, head),
        element('tbody', {}, ...headers.map((header, index) => headerRow(header, `${key}-header-${index}`))),
      ),
    );
  }
  made.push(...maybe.map((name) => element('p', { text: `${name} ${word('mayBeSent')}`, className: 'hint' })));
  if (!complete) made.push(element('p', { text: word('mayAdd'), className: 'hint' }));
  return made;
}

function copyable(text: string, what: WordKey, key: string): readonly HTMLElement[] {
  const pre = element('pre', { text });
  // A long command scrolls, also by keyboard.
  pre.tabIndex = 0;
  pre.dataset['key'] = `${key}-text`;
  const copy = button(word('copy'), key, () => {
    vscode.postMessage({ kind: 'copy', text });
  });
  copy.ariaLabel = `${word('copy')}: ${word(what)}`;
  return [pre, copy];
}

function showExchange(exchange: SimulatedExchange, index: number): HTMLElement {
  const key = `exchange-${index}`;
  const { kind, steps, verdict: decided, reason, console: line, curl } = exchange;
  const heading = element('h2', { text: word(kind) });
  heading.id = key;
  const section = element('section', {}, heading);
  section.setAttribute('aria-labelledby', key);
  const words = { passed: word('passed'), failed: word('failed'), unknown: word('undecided') };
  section.append(
    element('h3', { text: word('request') }),
    requestLines(exchange.request),
    element('h3', { text: word('response') }),
    ...response(exchange, key),
    element('h3', { text: word('steps') }),
    steps.length === 0
      ? element('p', { text: word('noCheck') })
      : element(
          'ol',
          { className: 'steps' },
          ...steps.map(({ outcome, text }) => element('li', {}, mark(outcome), element('strong', { text: words[outcome] }), `: ${text}`)),
        ),
    element('p', { className: 'outcome' }, mark(decided), element('strong', { text: word(decided) }), `: ${reason}`),
  );
  if (line !== undefined) section.append(element('h3', { text: word('console') }), ...copyable(line, 'console', `${key}-console`));
  section.append(element('h3', { text: word('curl') }), ...copyable(curl, 'curl', `${key}-curl`));
  return section;
}

/** What each child of the answer was made of. */
let shown: readonly string[] = [];

/** Replaces what has changed of the answer; the keyboard stays where it was, as far as that is still there. */
function showParts(parts: readonly (readonly [content: unknown, make: () => HTMLElement])[]): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
  const contents = parts.map(([content]) => JSON.stringify(content));
  for (const [index, [, make]] of parts.entries()) {
    if (contents[index] === shown[index]) continue;
    const before = exchanges.children[index];
    if (before) before.replaceWith(make());
    else exchanges.append(make());
  }
  while (exchanges.children.length > parts.length) exchanges.lastElementChild?.remove();
  shown = contents;
  if (focused !== undefined && document.activeElement === document.body)
    exchanges.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
}

function show(result: SimulationResult): void {
  const exposed = result.exposed.map((name) => (name === '*' ? word('everyOther') : name)).join(', ');
  showParts([
    ...result.exchanges.map((exchange, index) => [[uri, exchange], () => showExchange(exchange, index)] as const),
    ...(exposed === '' ? [] : [[exposed, () => element('p', { text: `${word('mayRead')} ${exposed}` })] as const]),
  ]);
  const blockedAt = result.exchanges.find((each) => each.verdict === 'blocked')?.kind;
  const consequence = blockedAt === undefined ? '' : ` ${word(blockedAt === 'preflight' ? 'notSent' : 'executed')}`;
  announce(result.verdict, word(result.verdict), `: ${result.reason}${consequence}`);
}

/** Says the verdict. The same one again is not written again, so that nobody hears it at every key. */
function announce(kind: 'allowed' | 'blocked' | 'unknown', headline: string, text: string): void {
  if (verdict.dataset['said'] === `${headline}${text}`) return;
  verdict.dataset['said'] = `${headline}${text}`;
  verdict.className = kind;
  verdict.replaceChildren(mark(kind), element('strong', { text: headline }), text);
}

/** Which field a problem belongs to: a form has one for path and URL. */
function showProblem(message: string | undefined, field: string | undefined): void {
  const at = field === 'path' || field === 'url' ? 'address' : field;
  for (const [name, control] of Object.entries(fields)) {
    const wrong = message !== undefined && name === at;
    const problem = byId(`${name}-problem`, HTMLParagraphElement);
    problem.hidden = !wrong;
    problem.textContent = wrong ? message : '';
    control.setAttribute('aria-invalid', String(wrong));
  }
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'policies':
      uri = data.uri;
      policies = data.policies;
      if (fields.address.value === '' && data.choose === undefined)
        showPolicies(policies.find(({ summary }) => summary !== undefined)?.id ?? policies[0]?.id);
      else showPolicies(data.choose);
      ask();
      break;
    case 'result':
      if (data.result === null) {
        showProblem(undefined, undefined);
        showParts([]);
        announce('unknown', word('notSimulated'), `: ${word('notOurs')}`);
      } else if ('problem' in data.result) {
        showProblem(data.result.problem, data.result.field);
        showParts([]);
        announce('unknown', word('notSimulated'), `: ${data.result.problem}`);
      } else {
        showProblem(undefined, undefined);
        show(data.result);
        // The answer to an older form says nothing of where the present one goes.
        if (JSON.stringify(data.form) === JSON.stringify(readForm())) showAnswering(data.result.answeredBy);
      }
      break;
    case 'copied':
      notice.textContent = '';
      notice.textContent = word('copied');
      break;
  }
});

byId('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
});
for (const field of Object.values(fields)) field.addEventListener('input', ask);
place.addEventListener('change', () => {
  const policy = chosen();
  if (policy) take(policy, pressedPreset());
  ask();
});
for (const preset of presets) {
  byId(`preset-${preset}`, HTMLButtonElement).addEventListener('click', () => {
    fields.origin.value = presetOrigin(preset);
    ask();
  });
}

fill(vscode.getState()?.form ?? {});
place.focus();
vscode.postMessage({ kind: 'ready', form: readForm() });
