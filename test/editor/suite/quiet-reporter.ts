import Mocha from 'mocha';

/** Counts, and prints nothing: the extension host has no terminal. */
export class QuietReporter extends Mocha.reporters.Base {
  override epilogue(): void {
    // Nobody reads what is printed here.
  }
}
