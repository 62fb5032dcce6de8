import type { Language } from '../../core/language.ts';

/** What has to stand in a manifest before it can say anything about CORS. */
const relevant = /nginx\.ingress\.kubernetes\.io\/(?:enable-cors|cors-|configuration-snippet|server-snippet)/;
const fileName = /\.ya?ml(?:\.(?:template|tmpl|tpl|j2))?$/i;
/** Generated, and large. */
const lockFile = /(?:^|\/)(?:pnpm-lock|pubspec\.lock)\.yaml$/i;

/** How much of a file is looked at. */
const headLength = 65_536;

/** Kubernetes manifests with an Ingress whose annotations speak to ingress-nginx. The YAML parser is loaded on demand. */
export const ingress: Language = {
  id: 'ingress',
  displayName: 'Kubernetes Ingress',
  editorIds: [],
  comments: { line: '#', block: false, trailing: true },
  claims: (uri) => {
    const path = uri.replace(/[?#].*$/s, '');
    return fileName.test(path) && !lockFile.test(path) ? 'maybe' : 'no';
  },
  recognises: (text) => {
    const head = text.slice(0, headLength);
    return head.includes('nginx.ingress.kubernetes.io/') && /\bIngress\b/.test(head);
  },
  mayMatter: (text) => relevant.test(text),
  load: async () => (await import('./engine.ts')).engine,
};
