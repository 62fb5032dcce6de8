import type { Authoring } from './authoring.ts';

/** What only a program can be edited by: a server's configuration has no layers, no values with defaults and no code. */
export abstract class ServerAuthoring implements Pick<
  Authoring,
  'testOrigin' | 'compareHost' | 'splitText' | 'registerFirst' | 'replaceLayer' | 'defaultTo' | 'spreadIntoArray'
> {
  /** Every check on a part of the Origin is a pattern here. */
  testOrigin(): undefined {
    return undefined;
  }

  compareHost(): undefined {
    return undefined;
  }

  splitText(): undefined {
    return undefined;
  }

  /** A server reads its lines in an order of its own. */
  registerFirst(): undefined {
    return undefined;
  }

  replaceLayer(): undefined {
    return undefined;
  }

  defaultTo(): undefined {
    return undefined;
  }

  spreadIntoArray(): undefined {
    return undefined;
  }
}
