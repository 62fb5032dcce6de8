/**
 * A function of a text that remembers its answers: the same texts are met at every change of a file. It forgets all of them once
 * there are more than `most`.
 */
export function remember<T>(answer: (text: string) => T, most = 5000): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    if (known.size >= most) known.clear();
    const made = answer(text);
    known.set(text, made);
    return made;
  };
}
