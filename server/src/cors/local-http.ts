/**
 * The origins of plain http on this machine or in a private network, as the source of a pattern, where nobody on the way is a stranger.
 * Names without a dot, those that are set aside for it, two that lead to the own machine, and private addresses.
 */
export const localHttp =
  '^http://(?:[^/:.]+|(?:[^/:]+\\.)?(?:local|test|internal|localhost|localtest\\.me|lvh\\.me)|127(?:\\.\\d+){3}|0\\.0\\.0\\.0|10(?:\\.\\d+){3}|192\\.168(?:\\.\\d+){2}|172\\.(?:1[6-9]|2\\d|3[01])(?:\\.\\d+){2}|169\\.254(?:\\.\\d+){2}|\\[::1?\\]|\\[f[cd][0-9a-f]{2}:[0-9a-f:]*\\]|\\[fe[89ab][0-9a-f]:[0-9a-f:]*\\])\\.?(?::\\d+)?$';

/**
 * The origins of plain http under top-level names that browsers ask for over TLS alone, as the source of a pattern: no page is ever
 * loaded from one (behaviour 4.13).
 */
export const neverPlainHttp =
  '^http://(?:[^/:]+\\.)+(?:app|bank|boo|channel|dad|day|dev|esq|foo|google|ing|insurance|meme|mov|new|nexus|page|phd|prof|rsvp|zip)\\.?(?::\\d+)?$';
