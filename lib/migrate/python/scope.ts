/**
 * Which variables the names of a function, or of the top level, stand for.
 *
 * @module
 */
import { parametersOf } from "./changes.ts";
import type { Token } from "./tokens.ts";

/** A function or a class of the top level. */
interface Definition {
  readonly isClass: boolean;
  /** The names that it may assign at the top level. */
  readonly globals: Set<string>;
  /** The names that are variables of its own. */
  readonly locals: Set<string>;
  readonly aliases: Map<string, readonly string[]>;
}

/** The names that are known where a script is being read. */
export class Scope {
  /** Names that may stand for the value, or a part of the value, of others. */
  readonly #aliases = new Map<string, readonly string[]>();
  #definition: Definition | undefined;

  /** Whether it is inside of a function or a class: who knows when that is done. */
  get isDefinition(): boolean {
    return this.#definition !== undefined;
  }

  /** Goes to the top level. */
  leave(): void {
    this.#definition = undefined;
  }

  /**
   * Goes into a block.
   *
   * @param header what stands before its colon
   * @param indented whether it is in another block
   */
  enter(header: readonly Token[], indented: boolean): void {
    const isFunction = header.slice(0, 2).some(({ text }) => text === "def");
    if (!indented) {
      const isClass = !isFunction;
      this.#definition = isFunction || header[0]?.text === "class"
        ? { isClass, globals: new Set(), locals: new Set(), aliases: new Map() }
        : undefined;
    }
    if (!isFunction) return;
    // A method knows nothing of the variables of the one before.
    if (this.#definition?.isClass) this.#definition.locals.clear();
    for (const name of parametersOf(header)) this.#definition?.locals.add(name);
  }

  /** Reads `global NAME`. */
  declareGlobal(name: string): void {
    this.#definition?.globals.add(name);
  }

  /**
   * Gives a name a value.
   *
   * @param name the name
   * @returns whether it is a variable of the top level
   */
  assign(name: string): boolean {
    if (this.#definition === undefined || this.#definition.globals.has(name)) return true;
    if (!this.#definition.isClass) this.#definition.locals.add(name);
    return false;
  }

  /** Whether a name is a variable of the function. */
  isLocal(name: string): boolean {
    return this.#definition?.locals.has(name) ?? false;
  }

  /**
   * Lets a name stand for others.
   *
   * @param name the name
   * @param whole those that it may be, or be a part of
   */
  share(name: string, whole: readonly string[]): void {
    (this.#definition?.aliases ?? this.#aliases).set(name, whole);
  }

  /** The names that a name may stand for, besides itself. */
  aliasesOf(name: string): readonly string[] {
    const here = this.#definition?.aliases.get(name) ?? [];
    return this.isLocal(name) ? here : [...here, ...this.#aliases.get(name) ?? []];
  }
}
