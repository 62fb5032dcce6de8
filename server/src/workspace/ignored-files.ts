/** What .gitignore files leave out, for workspaces whose files are only listed: in a browser, on a virtual file system. */
import ignore, { type Ignore } from 'ignore';

const name = '/.gitignore';

/**
 * The files of a listing without those that a .gitignore of the listing ignores, as git reads them: the nearest one that
 * says anything about a path decides. The ignore files themselves stay out of the answer.
 */
export async function withoutIgnored(
  uris: readonly string[],
  read: (uri: string) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const found = uris.filter((uri) => uri.endsWith(name));
  const patterns = new Map<string, Ignore>();
  await Promise.all(
    found.map(async (uri) => {
      const text = await read(uri);
      if (text !== undefined) patterns.set(uri.slice(0, -name.length), ignore().add(text));
    }),
  );
  return uris.filter((uri) => !uri.endsWith(name) && !isIgnored(uri, patterns));
}

function isIgnored(uri: string, patterns: ReadonlyMap<string, Ignore>): boolean {
  for (let end = uri.lastIndexOf('/'); end > 0; end = uri.lastIndexOf('/', end - 1)) {
    const below = patterns.get(uri.slice(0, end));
    if (below === undefined) continue;
    const { ignored, unignored } = below.test(decoded(uri.slice(end + 1)));
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
