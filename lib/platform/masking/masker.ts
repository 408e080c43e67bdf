import type { Transform } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import { Automaton } from "./automaton";
import { type Needle, needlesOf, secretTexts } from "./forms";
import { MaskStream, maskingTransform } from "./stream";

const maxDepth = 24;
const maxCauses = 8;
/** Parts of errors that code decides by; they are words of the platform or of Rostrum. */
const machineParts = new Set(["name", "code", "kind", "syscall"]);

/**
 * Takes known secrets out of texts, by their values and not by the names they stand under: as they are, and as URLs,
 * JSON, shells, markup, hexadecimal and base64 write them. Values under six characters are left.
 */
export class Masker {
  /** Made when it is first needed: most runs end without a line that has to be looked at. */
  private automaton: Automaton | null | undefined;
  private readonly secrets: ReadonlySet<string>;

  /**
   * @param values secrets of any shape; texts inside lists, objects and documents count by themselves
   * @param withheld said instead of every text, where not all secrets are known and so none can be told from the rest
   */
  constructor(
    values: Iterable<unknown>,
    private readonly withheld: string | null = null,
  ) {
    this.secrets = new Set([...values].flatMap(secretTexts));
  }

  /** Whether it has nothing to look for. */
  get isEmpty(): boolean {
    return this.secrets.size === 0;
  }

  /** A masker that knows more secrets too; itself when they are known already. */
  with(values: Iterable<unknown>): Masker {
    const fresh = [...values].flatMap(secretTexts);
    return fresh.every((text) => this.secrets.has(text))
      ? this
      : new Masker([...this.secrets, ...fresh], this.withheld);
  }

  /** The text with every secret in it replaced by "•••". */
  mask(text: string): string {
    if (text === "") return text;
    if (this.withheld !== null) return this.withheld;
    const automaton = this.built();
    if (!automaton) return text;
    let found = false;
    automaton.scan(text, 0, () => {
      found = true;
    });
    if (!found) return text;
    const stream = new MaskStream(automaton);
    return stream.push(text) + stream.end();
  }

  /** A copy of a JSON value with every text in it masked; keys are left. */
  maskValue<T>(value: T): T {
    return (this.isActive() ? walk(value, this, 0) : value) as T;
  }

  /** An error to show, store or log: the given one, or where a secret is in it one of the same kind without. */
  maskError<E>(error: E): E {
    return this.isActive() ? (this.safeError(error, 0) as E) : error;
  }

  private safeError(error: unknown, depth: number): unknown {
    if (!(error instanceof Error) || depth > maxCauses) return this.maskValue(error);
    let changed = false;
    const safe = Object.getOwnPropertyNames(error).map((name): [string, unknown] => {
      const value = (error as unknown as Record<string, unknown>)[name];
      const masked = value instanceof Error ? this.safeError(value, depth + 1) : this.maskPart(name, value);
      changed ||= value instanceof Error ? masked !== value : !isDeepStrictEqual(masked, value);
      return [name, masked];
    });
    // Errors of the platform (an abort) keep their message elsewhere, and cannot be rebuilt.
    const message = this.mask(error.message);
    if (!Object.hasOwn(error, "message")) {
      return message === error.message ? error : Object.assign(new Error(message), { name: error.name });
    }
    if (!changed) return error;
    const copy = Object.create(Object.getPrototypeOf(error) as object) as Error;
    for (const [name, value] of safe)
      Object.defineProperty(copy, name, { value, writable: true, configurable: true });
    return copy;
  }

  private maskPart(name: string, value: unknown): unknown {
    if (this.withheld === null) return this.maskValue(value);
    if (machineParts.has(name) && typeof value === "string" && /^\w{1,40}$/.test(value)) return value;
    // The message says it once; stack and hint would repeat it.
    return typeof value === "string" && name !== "message" ? undefined : this.maskValue(value);
  }

  private isActive(): boolean {
    return this.withheld !== null || this.built() !== null;
  }

  /**
   * For a text that comes in pieces.
   * @throws Error where texts are withheld: there is no text to give
   */
  stream(): MaskStream {
    if (this.withheld !== null) throw new Error(this.withheld);
    return new MaskStream(this.built() ?? new Automaton([]));
  }

  /** For bytes of UTF-8 that come in pieces. */
  transform(): Transform {
    return maskingTransform(this.stream());
  }

  private built(): Automaton | null {
    if (this.automaton === undefined) {
      const needles = new Map<string, Needle>();
      for (const secret of this.secrets) {
        for (const needle of needlesOf(secret))
          if (!needles.has(needle.text)) needles.set(needle.text, needle);
      }
      this.automaton = needles.size > 0 ? new Automaton([...needles.values()]) : null;
    }
    return this.automaton;
  }
}

function walk(value: unknown, masker: Masker, depth: number): unknown {
  if (typeof value === "string") return masker.mask(value);
  if (value === null || typeof value !== "object" || depth >= maxDepth) return value;
  if (Array.isArray(value)) return value.map((item) => walk(item, masker, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, masker, depth + 1)]));
}
