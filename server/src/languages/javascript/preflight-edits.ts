/** Lets preflights be answered, with the headers that the response carries. */
import type { Place } from '../../core/text.ts';
import type { Authentication, HeaderWrite, Policy, Step, Steps } from '../../policy/model.ts';
import type { EditableFile, Edits } from './edits.ts';
import { isDeclaredIn } from './layer-edits.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

/** Registers the CORS middleware of a route for its preflights too. */
export function answerPreflight(file: EditableFile, policy: Policy): Edits {
  const node = file.nodeAt(policy.extent);
  const statement = node && file.statementOf(node);
  const call = file.callAt(policy.extent);
  if (policy.kind !== 'route' || !statement || !call || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const [path] = call.arguments;
  const middleware = call.arguments.slice(1, -1).find((argument) => /cors/i.test(file.textOf(argument)));
  if (!path || !middleware) return undefined;
  const receiver = file.textOf(call.expression.expression);
  return [file.insertBefore(statement, `${receiver}.options(${file.textOf(path)}, ${file.textOf(middleware)})${file.semicolon}`)];
}

/** Moves CORS before an authentication, or lets OPTIONS pass it. */
export function exemptPreflight(file: EditableFile, authentication: Authentication, policy: Policy): Edits {
  const node = file.nodeAt(authentication.place);
  if (!node) return undefined;
  const moved = moveCorsBefore(file, node, policy);
  if (moved) return moved;
  const target = ts.isIdentifier(node) ? functionNamed(file, node.text) : isFunctionLike(node) ? node : undefined;
  if (target) return letPreflightsThrough(file, target);
  // A class is no function that could be called in its place, and what these give to middleware is something else.
  if (isAppliedByModule(node) || file.namesPackage(/(?:fastify|hono|koa)(?:[-/][\w/-]+)?|@(?:fastify|hono|koa)\/[\w-]+/)) return undefined;
  // Middleware of a package is called for the other methods only.
  const code = file.textOf(node);
  if (!ts.isCallExpression(node) && !ts.isIdentifier(node)) return undefined;
  return [
    file.edit(
      authentication.place.range.start,
      authentication.place.range.end,
      `(req, res, next) => (req.method === ${file.quoted('OPTIONS')} ? next() : ${code}(req, res, next))`,
    ),
  ];
}

function letPreflightsThrough(file: EditableFile, target: ts.FunctionLikeDeclaration): Edits {
  if (!target.body || !ts.isBlock(target.body)) return undefined;
  const first = file.firstOf(target.body);
  const names = target.parameters.map((parameter) => (ts.isIdentifier(parameter.name) ? parameter.name.text : undefined));
  const [request, , next] = names;
  if (!first || request === undefined || next === undefined) return undefined;
  return [file.insertBefore(first, `if (${request}.method === ${file.quoted('OPTIONS')}) return ${next}()${file.semicolon}`)];
}

/** `consumer.apply(Middleware)` of NestJS. */
function isAppliedByModule({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression) && parent.expression.name.text === 'apply';
}

/** A function by its name, or the `use` of a middleware's class. */
function functionNamed(file: EditableFile, name: string): ts.FunctionLikeDeclaration | undefined {
  for (const statement of file.tree.statements) {
    if (ts.isClassDeclaration(statement) && statement.name?.text === name)
      return statement.members.filter(ts.isMethodDeclaration).find((member) => file.textOf(member.name) === 'use');
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const { initializer } = declaration;
      if (ts.isIdentifier(declaration.name) && declaration.name.text === name && initializer && isFunctionLike(initializer))
        return initializer;
    }
  }
  return undefined;
}

/** `app.use(cors(…))` below the authentication moves above it, where both are statements of one list. */
function moveCorsBefore(file: EditableFile, node: ts.Node, policy: Policy): Edits {
  const statement = file.statementOf(node);
  const write = firstAllowOrigin(policy.steps);
  const cors = write && layerStatement(file, write.place);
  if (!statement || !cors || cors.parent !== statement.parent || cors.pos <= statement.pos) return undefined;
  const siblings: readonly ts.Node[] = ts.isSourceFile(cors.parent) || ts.isBlock(cors.parent) ? cors.parent.statements : [];
  if (isDeclaredIn(file, siblings.slice(siblings.indexOf(statement), siblings.indexOf(cors)), cors)) return undefined;
  const code = file.textOf(cors);
  return [file.insertBefore(statement, code), file.deleteStatement(cors)];
}

/** The `use` or `register` statement that registers what is written at a place. */
function layerStatement(file: EditableFile, place: Place): ts.Statement | undefined {
  for (const statement of file.tree.statements) {
    if (
      !ts.isExpressionStatement(statement) ||
      !ts.isCallExpression(statement.expression) ||
      !ts.isPropertyAccessExpression(statement.expression.expression)
    )
      continue;
    if (!/^(?:use|register)$/.test(statement.expression.expression.name.text)) continue;
    const holds = place.uri === file.file.uri && statement.pos <= place.range.start && place.range.end <= statement.end;
    const names = statement.expression.arguments.some((argument) => /\bcors\b/i.test(file.textOf(argument)));
    if (holds || names) return statement;
  }
  return undefined;
}

/** Moves what sends headers in front of the branch that answers without them. */
export function carryInto(file: EditableFile, answer: Place, writes: readonly HeaderWrite[]): Edits {
  const node = file.nodeAt(answer);
  if (node && isFunctionLike(node)) return intoErrorHandler(file, node, writes);
  const around = node && file.functionAround(node);
  // A `Response` has none of the lines that are written elsewhere.
  if (!node || !around || /^(?:new )?Response\b/.test(file.textOf(node))) return undefined;
  const copied = new Set<ts.Statement>();
  for (const write of writes) {
    const call = file.callAt(write.place);
    const where = call && file.functionAround(call);
    if (!call || where?.body !== around.body || where.statement === around.statement) return undefined;
    copied.add(where.statement);
  }
  if (copied.size === 0) return undefined;
  // What sends the headers moves in front of the branch that answers, so that both ways carry them.
  const moved = [...copied].filter((statement) => statement.pos > around.statement.pos);
  if (moved.length !== copied.size) return undefined;
  const { statements } = around.body;
  const stays = statements.slice(statements.indexOf(around.statement)).filter((each) => !copied.has(each));
  if (moved.some((statement) => isDeclaredIn(file, stays, statement))) return undefined;
  const code = moved.map((statement) => file.textOf(statement)).join(file.lineBreak + file.indentation(around.statement));
  return [file.insertBefore(around.statement, code), ...moved.map((statement) => file.deleteStatement(statement))];
}

/** An error handler sends constant headers itself, whatever was sent before the error. */
function intoErrorHandler(file: EditableFile, handler: ts.FunctionLikeDeclaration, writes: readonly HeaderWrite[]): Edits {
  const { body, parameters } = handler;
  const response = parameters[2]?.name;
  if (!body || !ts.isBlock(body) || parameters.length !== 4 || !response || !ts.isIdentifier(response)) return undefined;
  const first = file.firstOf(body);
  // Somebody took headers away on purpose.
  if (!first || /\bremoveHeader\b/.test(file.textOf(body))) return undefined;
  const lines = writes.flatMap(({ name, value }) =>
    value.kind === 'literal' ? [`${response.text}.setHeader(${file.quoted(name)}, ${file.quoted(value.text)})${file.semicolon}`] : [],
  );
  if (lines.length === 0 || lines.length < writes.length) return undefined;
  return [file.insertBefore(first, lines.join(file.lineBreak + file.indentation(first)))];
}

function firstAllowOrigin(steps: Steps): HeaderWrite | undefined {
  const search = (step: Step): HeaderWrite | undefined => {
    if (step.kind === 'write') return step.write.name.toLowerCase() === 'access-control-allow-origin' ? step.write : undefined;
    return step.kind === 'branch' ? (firstAllowOrigin(step.then) ?? firstAllowOrigin(step.otherwise ?? [])) : undefined;
  };
  for (const step of steps) {
    const found = search(step);
    if (found) return found;
  }
  return undefined;
}
