/**
 * The settings of a script by what they are for, and why one of them could not be read.
 *
 * @module
 */
import type { Draft, Taken } from "./draft.ts";
import type { Script, Variable } from "./python/script.ts";
import { kindOf, type Value } from "./python/value.ts";
import { isSecretive, type Role, roleOf } from "./roles.ts";

/** How a value of Python becomes one of the configuration; `undefined`: it is none of this kind. */
export type Read<Type> = (value: Value) => Type | undefined;

/** The settings of a script. */
export class Settings {
  readonly #script: Script;
  readonly #candidates = new Map<Role, Variable[]>();
  /** The settings that the script has and that could not be read. */
  readonly failed = new Set<Role>();

  /** @param script the script */
  constructor(script: Script) {
    this.#script = script;
    for (const variable of script.variables.values()) {
      const role = roleOf(variable.name);
      if (role === undefined) continue;
      this.#candidates.set(role, [...this.#candidates.get(role) ?? [], variable]);
    }
  }

  /** Whether the script has any setting at all. */
  get isEmpty(): boolean {
    const names = [...this.#script.inBlocks.keys()];
    return this.#candidates.size === 0 && names.every((name) => roleOf(name) === undefined);
  }

  /** Whether something in the script may give any setting another value. */
  get isUncertain(): boolean {
    return this.#script.overrides.length > 0;
  }

  /**
   * Whether the script has a setting of a kind.
   *
   * @param beginning what the names of these settings begin with
   */
  has(beginning: string): boolean {
    const names = [...this.#script.inBlocks.keys()].map(roleOf);
    return [...this.#candidates.keys(), ...names].some((role) => role?.startsWith(beginning));
  }

  /**
   * Takes a setting.
   *
   * @param role which one
   * @param draft the table that it belongs to; it is told what a person must look at
   * @param wanted what is expected, such as "a string"
   * @param read makes a value of the configuration of it
   * @returns the value; `undefined` when it is not set or could not be read
   */
  take<Type>(
    role: Role,
    draft: Draft,
    wanted: string,
    read: Read<Type>,
  ): Taken<Type> | undefined {
    const variable = this.#choose(role, draft);
    if (variable === undefined) return undefined;
    const { name, line, value } = variable;
    for (const change of variable.changes) {
      this.failed.add(role);
      const what = isSecretive(name) ? "" : `: ${change.what}`;
      draft.unread(change.line, `${name} may be changed here, which was not read${what}`);
    }
    if (value.kind === "none") return undefined;
    const taken = value.kind === "unread" ? undefined : read(value);
    if (taken !== undefined) return { name, line, value: taken };
    this.failed.add(role);
    draft.unread(line, whyNot(name, name, value, wanted));
    return undefined;
  }

  /** Of several variables that mean the same, the first with a value counts. */
  #choose(role: Role, draft: Draft): Variable | undefined {
    const candidates = this.#candidates.get(role) ?? [];
    const chosen = candidates.find(({ value }) => !/^(?:none|unread)$/.test(value.kind)) ??
      candidates[0];
    for (const other of candidates) {
      if (other === chosen || other.value.kind === "none" || isSame(other, chosen)) continue;
      draft.look(other.line, `${other.name} is not taken over, because ${chosen?.name} was`);
    }
    if (chosen === undefined) this.#reportBlocks(role, draft);
    return chosen;
  }

  #reportBlocks(role: Role, draft: Draft): void {
    for (const [name, line] of this.#script.inBlocks) {
      if (roleOf(name) !== role) continue;
      this.failed.add(role);
      draft.unread(line, `${name} is only given a value in a block, and blocks are not read`);
    }
  }
}

function isSame(one: Variable, other: Variable | undefined): boolean {
  const text = (variable: Variable | undefined) => {
    return JSON.stringify(variable?.value, (key, value) => key === "line" ? undefined : value);
  };
  return text(one) === text(other);
}

/**
 * Says why a value was not taken over.
 *
 * @param shown what it is called in the message
 * @param name the name or key that tells whether it may be a secret
 * @param value the value
 * @param wanted what is expected instead
 * @returns a statement; the value is not shown, and its source only when it is no secret
 */
export function whyNot(shown: string, name: string, value: Value, wanted: string): string {
  if (value.kind !== "unread") {
    return `${shown} is not taken over: expected ${wanted}, found ${kindOf(value)}`;
  }
  const source = isSecretive(name) ? "" : `: ${value.source}`;
  return `${shown} could not be read, because only the script itself can work it out${source}`;
}

/** Reads a string. */
export function asText(value: Value): string | undefined {
  return value.kind === "text" ? value.text : undefined;
}

/** Reads a whole number, or a string of digits, which is the same on Borg's command line. */
export function asWhole(value: Value): number | undefined {
  if (value.kind === "number" && value.isWhole) return value.value;
  const isDigits = value.kind === "text" && /^\s*-?\d{1,15}\s*$/.test(value.text);
  return isDigits ? Number(value.text) : undefined;
}

/** Reads a boolean; Python takes any number but zero for true. */
export function asFlag(value: Value): boolean | undefined {
  if (value.kind === "boolean") return value.value;
  return value.kind === "number" ? value.value !== 0 : undefined;
}

/** Reads several values, or one that stands alone. */
export function asItems(value: Value): readonly Value[] | undefined {
  if (value.kind === "sequence") return value.items;
  return value.kind === "text" ? [value] : undefined;
}
