import { Environment } from "./cel";
import { checkTextLength } from "./limits";
import { isUnknown } from "./values";

/** The names an expression may start with. Which of them have a value depends on where it stands. */
export const scopeRoots = [
  "parameters",
  "secrets",
  "components",
  "self",
  "environment",
  "size",
  "outputs",
] as const;

/**
 * CEL with our names and functions. Numbers from outside (parameters, ports, sizes) are doubles to CEL, which
 * by the book does not mix them with whole literals; people expect `parameters.replicas + 1` to work, so the
 * mixed operators are added here.
 */
function createEnvironment(): Environment {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: 1_000,
      maxDepth: 50,
      maxListElements: 200,
      maxMapEntries: 200,
      maxCallArguments: 16,
    },
  });
  for (const root of scopeRoots) environment.registerVariable(root, "dyn");
  addMixedArithmetic(environment);
  return environment
    .registerFunction("default(dyn, dyn): dyn", (value: unknown, fallback: unknown) =>
      value === null || value === "" ? fallback : value,
    )
    .registerFunction("join(list, string): string", (list: unknown[], separator: string) =>
      joined(
        list.map((item) => textOf(item)),
        separator,
      ),
    )
    .registerFunction("lower(string): string", (text: string) => text.toLowerCase())
    .registerFunction("upper(string): string", (text: string) => text.toUpperCase())
    .registerFunction("base64(string): string", (text: string) =>
      Buffer.from(text, "utf8").toString("base64"),
    )
    .registerFunction("urlEncode(string): string", (text: string) => encodeURIComponent(text))
    .registerFunction("json(dyn): string", (value: unknown) => JSON.stringify(plainValue(value)))
    .registerFunction("min(double, double): double", (a: number, b: number) => Math.min(a, b))
    .registerFunction("max(double, double): double", (a: number, b: number) => Math.max(a, b))
    .registerFunction("min(double, int): double", (a: number, b: bigint) => Math.min(a, Number(b)))
    .registerFunction("max(double, int): double", (a: number, b: bigint) => Math.max(a, Number(b)))
    .registerFunction("min(int, double): double", (a: bigint, b: number) => Math.min(Number(a), b))
    .registerFunction("max(int, double): double", (a: bigint, b: number) => Math.max(Number(a), b))
    .registerFunction("min(int, int): int", (a: bigint, b: bigint) => (a < b ? a : b))
    .registerFunction("max(int, int): int", (a: bigint, b: bigint) => (a > b ? a : b))
    .registerFunction("string.replace(string, string): string", (text: string, search: string, by: string) =>
      joined(text.split(search), by),
    );
}

function joined(pieces: readonly string[], separator: string): string {
  const characters = pieces.reduce((sum, piece) => sum + piece.length, pieces.length * separator.length);
  checkTextLength(characters);
  return pieces.join(separator);
}

function addMixedArithmetic(environment: Environment): void {
  const operators: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "%": (a, b) => a % b,
  };
  for (const [operator, apply] of Object.entries(operators)) {
    const handler = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    environment.registerOperator(`double ${operator} int`, handler);
    environment.registerOperator(`int ${operator} double`, handler);
    if (operator === "%") environment.registerOperator("double % double", handler);
  }
}

/** What a value becomes outside CEL: whole numbers are numbers, optionals their value or null. */
export function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (isUnknown(value) || value === null || typeof value !== "object") return value ?? null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map || Object.getPrototypeOf(value) === Object.prototype) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [String(key), plainValue(item)]));
  }
  if ("hasValue" in value && typeof value.hasValue === "function") {
    return value.hasValue() && "value" in value && typeof value.value === "function"
      ? plainValue(value.value())
      : null;
  }
  return String(value);
}

/** How a value stands inside a text. Lists and maps have no one obvious form, so they are refused. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    throw new TypeError(
      "a list or a map can’t be used inside a string; use join(list, separator) or json(value)",
    );
  }
  return String(value);
}

export const celEnvironment = createEnvironment();
