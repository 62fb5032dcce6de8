/**
 * A file is JavaScript once: one interpreter follows it, and every framework joins that one reading with its packages,
 * the objects that they make, and the policies that follow from what was registered with them.
 */
import type { SourceFile, SourceFiles } from '../../core/files.ts';
import type { Dialect } from '../../core/language.ts';
import type { Place } from '../../core/text.ts';
import type { Alternative, Policy } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import type { CodeForm } from './insertion-forms.ts';
import { plainPackage } from './plain-packages.ts';
import type { Interpreter, Runtime } from './interpreter.ts';
import type { Program } from './modules.ts';
import type { CallSite, ClassValue, FunctionValue, JsValue } from './values.ts';

/** A framework as the list knows it: cheap, without its engine. */
export interface Framework extends Dialect {
  /** Words one of which stands in every text that registers something with it. */
  readonly mentions: RegExp;
  load(): Promise<FrameworkEngine>;
}

export interface FrameworkEngine {
  /** Joins the reading of one program, before its first statement is followed. */
  join(reading: Reading): FrameworkReading;
  /** The forms in which a whole policy is written, by the ids of `configurationForms`. */
  readonly forms?: Readonly<Record<string, CodeForm>>;
}

/** What all frameworks of one reading share. */
export interface Reading {
  readonly file: SourceFile;
  readonly files: SourceFiles;
  readonly program: Program;
  readonly interpreter: Interpreter;
}

/** A parameter of a function whose caller is not in sight, as far as its declaration tells. */
export interface Parameter {
  readonly name: string;
  /** The text of its type; empty where it has none. */
  readonly type: string;
  readonly place: Place;
  /** The methods that the function calls on it. */
  readonly methods: ReadonlySet<string>;
}

export interface FrameworkReading {
  /** The exports of a package; undefined for one that is not the framework's. */
  packageExports(name: string): JsValue | undefined;
  /** A global of the runtimes that the framework is of, such as `Deno`; undefined for any other name. */
  global?(name: string): JsValue | undefined;
  /** A call that nothing is known about; `name` is how the author writes it, `callee` what is called as far as that is known. */
  unknownCall?(name: string, args: readonly JsValue[], site: CallSite, callee?: JsValue): void;
  /** Takes a function that nothing in sight calls for a handler of the framework, by its parameters. */
  adopt?(value: FunctionValue, parameters: readonly Parameter[], place: Place): boolean;
  /** Whether a class is the framework's, which then follows its methods itself. */
  owns?(value: ClassValue): boolean;
  /** What a parameter of another such function is: an application that its caller hands over. */
  assume?(parameter: Parameter): JsValue | undefined;
  /** Follows what the program made for a caller that is not in sight, once its statements were followed. */
  followMade?(): void;
  /**
   * What the policies will follow from, as plain data: two programs with the same have the same policies, but for places. Asked
   * for before `finish`, once the program was followed. Undefined, or absent, where only the policies themselves can tell.
   */
  basis?(): unknown;
  /** Everything that was registered, once the program was followed. */
  finish(): FrameworkPolicies;
}

export interface FrameworkPolicies {
  readonly policies: readonly Policy[];
  readonly routing: readonly Alternative[];
  readonly observations: readonly Observation[];
}

/** All frameworks of one reading, as the interpreter asks them. */
export class FrameworkRuntime implements Runtime {
  readings: readonly FrameworkReading[] = [];

  packageExports(name: string, interpreter: Interpreter): JsValue | undefined {
    for (const reading of this.readings) {
      const exports = reading.packageExports(name);
      if (exports) return exports;
    }
    return plainPackage(interpreter, name);
  }

  global(name: string): JsValue | undefined {
    for (const reading of this.readings) {
      const value = reading.global?.(name);
      if (value) return value;
    }
    return undefined;
  }

  unknownCall(name: string, args: readonly JsValue[], site: CallSite, callee?: JsValue): void {
    for (const reading of this.readings) reading.unknownCall?.(name, args, site, callee);
  }
}
