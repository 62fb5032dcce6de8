import type { HeaderLine, HeaderWrite, Value } from './model.ts';

const same = (line: HeaderLine, name: string): boolean => line.name.toLowerCase() === name.toLowerCase();

/**
 * Applies one write to the lines of its table, as `Op` says. Names compare without case. `append` and `merge` join to the
 * first line of that name, as Apache's tables do, but for a program's `merge`. `edit` changes literal values and makes others unknown.
 */
export function applyWrite(lines: readonly HeaderLine[], write: HeaderWrite, value: Value): readonly HeaderLine[] {
  const line: HeaderLine = { name: write.name, value, writes: [write] };
  switch (write.op) {
    case 'set': {
      const replaced = lines.filter((each) => same(each, write.name));
      const [first] = replaced;
      if (!first) return [...lines, line];
      return lines.flatMap((each) => (each === first ? [{ ...line, replaced }] : same(each, write.name) ? [] : [each]));
    }
    case 'add':
      return [...lines, line];
    case 'unset':
      return lines.filter((each) => !same(each, write.name));
    case 'setIfEmpty':
      return lines.some((each) => same(each, write.name)) ? lines : [...lines, line];
    case 'append':
    case 'merge': {
      if (write.table === 'response' && write.op === 'merge') return mergedByPrograms(lines, line);
      const at = lines.findIndex((each) => same(each, write.name));
      const existing = lines[at];
      if (existing === undefined) return [...lines, line];
      if (write.op === 'merge' && holds(existing.value, value)) return lines;
      const joined: HeaderLine = { name: existing.name, value: joinWithComma(existing.value, value), writes: [...existing.writes, write] };
      return lines.map((each, index) => (index === at ? joined : each));
    }
    case 'edit':
      return lines.map((each) => (same(each, write.name) ? edited(each, write, value) : each));
  }
}

/**
 * Programs merge into Vary (the package vary, and what other frameworks do alike): several lines become one, letters do not count,
 * and `*` takes the place of everything.
 */
function mergedByPrograms(lines: readonly HeaderLine[], line: HeaderLine): readonly HeaderLine[] {
  const present = lines.filter((each) => same(each, line.name));
  const [first] = present;
  if (!first) return [...lines, line];
  const writes = [...present.flatMap((each) => each.writes), ...line.writes];
  const filled = present.map(({ value }) => value).filter((value) => value.kind !== 'literal' || value.text !== '');
  const items = filled.flatMap((value) => (value.kind === 'literal' ? value.text.split(',').map((item) => item.trim().toLowerCase()) : []));
  const own = line.value.kind === 'literal' ? line.value.text.toLowerCase() : undefined;
  const star = [...items, own].includes('*');
  const added = star
    ? [{ kind: 'literal', text: '*' } as const]
    : own !== undefined && items.includes(own)
      ? filled
      : [...filled, line.value];
  const value = added.reduce(joinWithComma);
  return lines.flatMap((each) => (each === first ? [{ ...line, name: each.name, value, writes }] : same(each, line.name) ? [] : [each]));
}

/** Whether a comma-separated value already has an item, compared as Apache's `merge` does: an empty value has none. */
function holds(existing: Value, item: Value): boolean {
  if (existing.kind !== 'literal' || item.kind !== 'literal' || existing.text === '') return false;
  return existing.text.split(',').some((each) => each.trimStart() === item.text);
}

/** Adds a CGI program's line: a line of that name that stands there already takes it in (httpd, ap_scan_script_header). */
export function takeIn(lines: readonly HeaderLine[], line: HeaderLine): readonly HeaderLine[] {
  const at = lines.findIndex((each) => same(each, line.name));
  const existing = lines[at];
  if (existing === undefined) return [...lines, line];
  const joined: HeaderLine = {
    ...existing,
    value: joinWithComma(existing.value, line.value),
    writes: [...existing.writes, ...line.writes],
  };
  return lines.map((each, index) => (index === at ? joined : each));
}

function joinWithComma(a: Value, b: Value): Value {
  if (a.kind === 'literal' && b.kind === 'literal') return { ...a, text: `${a.text}, ${b.text}` };
  return {
    kind: 'concat',
    parts: [...(a.kind === 'concat' ? a.parts : [a]), { kind: 'literal', text: ', ' }, ...(b.kind === 'concat' ? b.parts : [b])],
  };
}

function edited(line: HeaderLine, write: HeaderWrite, replacement: Value): HeaderLine {
  const writes = [...line.writes, write];
  const pattern = write.edit?.pattern;
  // A pattern without metacharacters is a plain text; everything else is left to the language's extraction.
  const plain = pattern?.dialect === 'pcre' && /^[\w :/,-]*$/.test(pattern.source) ? pattern.source : undefined;
  if (plain !== undefined && line.value.kind === 'literal' && replacement.kind === 'literal' && !replacement.text.includes('$')) {
    const { text } = line.value;
    const changed = write.edit?.all === true ? text.replaceAll(plain, replacement.text) : text.replace(plain, replacement.text);
    return { ...line, value: { ...line.value, text: changed }, writes };
  }
  return { ...line, value: { kind: 'unknown', id: `edit:${line.name}:${pattern?.source ?? ''}`, reason: 'unsupported' }, writes };
}
