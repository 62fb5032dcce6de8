import assert from 'node:assert/strict';
import { readArguments } from './arguments.ts';
import { helpOf, lintOptions, commandNames, simulateOptions } from './commands.ts';

describe('arguments', () => {
  const refused: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
    [['--formt', 'json'], /^There is no option "--formt"\. Did you mean "--format"\?$/],
    [['--max-warning=3'], /Did you mean "--max-warnings"\?$/],
    [['-x'], /^There is no option "-x"\. Options are listed by --help\.$/],
    [['--zzzzzzzzzzzz'], /^There is no option "--zzzzzzzzzzzz"\. Options are listed by --help\.$/],
    [['--format'], /^The option "--format" needs a value: --format NAME\.$/],
    [['--format', '--fix'], /^The option "--format" needs a value/],
    [['--fix=yes'], /^The option "--fix" takes no value\.$/],
    [['--format', 'json', '--format', 'sarif'], /^The option "--format" is given twice\.$/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses ${argv.join(' ')} in one line`, () => {
      assert.throws(
        () => readArguments(argv, lintOptions),
        (error: Error) => message.test(error.message) && !error.message.includes('\n'),
      );
    });
  }

  it('reads options, repeated ones and paths', () => {
    const given = readArguments(['a', '-f', 'json', '--rule', 'x=off', '--rule=y=info', '--fix', '--', '--b'], lintOptions);
    assert.deepEqual(given.positionals, ['a', '--b']);
    assert.equal(given.text('format'), 'json');
    assert.deepEqual(given.texts('rule'), ['x=off', 'y=info']);
    assert.equal(given.has('fix'), true);
    assert.equal(given.has('stdin'), false);
  });

  it('takes a value that looks like a header', () => {
    assert.deepEqual(readArguments(['f', '--header', 'X-A: -1'], simulateOptions).texts('header'), ['X-A: -1']);
  });

  it('has a help for every command that names each of its options once', () => {
    for (const option of lintOptions.flatMap((group) => group.options)) assert.match(helpOf(), new RegExp(`--${option.name}\\b`));
    for (const command of commandNames) assert.match(helpOf(command), /Usage: cors-lint /);
    for (const line of helpOf().split('\n')) assert.ok(line.length <= 120, line);
  });
});
