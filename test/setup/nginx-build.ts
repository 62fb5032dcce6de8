/** What the nginx that the suites run can do: another one than Debian's may be named in an environment variable. */
import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.ts';

export type NginxVersion = readonly [major: number, minor: number, patch: number];

export interface NginxBuild {
  readonly version: NginxVersion;
  /** What `load_module` needs for headers-more: '' where it is built in, undefined where the module is not to be had. */
  readonly loadHeadersMore: string | undefined;
}

let known: NginxBuild | undefined;

/** Asks `nginx -V` once. Throws where there is no nginx; suites ask `whyMissing` first. */
export function nginxBuild(): NginxBuild {
  return (known ??= readBuild());
}

function readBuild(): NginxBuild {
  const nginx = findProgram('nginx');
  if (nginx === undefined) throw new Error('nginx is not installed; ask whyMissing() first');
  const { stderr } = spawnSync(nginx, ['-V'], { encoding: 'utf8' });
  const [, major = '0', minor = '0', patch = '0'] = /nginx\/(\d+)\.(\d+)\.(\d+)/.exec(stderr) ?? [];
  const configured = /configure arguments:(.*)/.exec(stderr)?.[1] ?? '';
  const module = findProgram('headers-more');
  const builtIn = /--add-module=\S*headers-more/.test(configured);
  // Debian's module fits Debian's nginx alone.
  const loadable =
    module !== undefined && configured.includes('--modules-path=/usr/lib/nginx/modules') ? `load_module ${module};` : undefined;
  return {
    version: [Number(major), Number(minor), Number(patch)],
    loadHeadersMore: builtIn ? '' : loadable,
  };
}

/** Whether the version is this one or a later one. */
export function nginxIsFrom(...theirs: NginxVersion): boolean {
  const ours = nginxBuild().version;
  const first = ours.findIndex((part, index) => part !== theirs[index]);
  return first < 0 || (ours[first] ?? 0) > (theirs[first] ?? 0);
}
