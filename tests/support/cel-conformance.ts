import { tests as official } from "@bufbuild/cel-spec/testdata/conformance.js";
import { z } from "zod";
import { celEnvironment } from "@/lib/engine/expressions/environment";
import { limitWork, metered } from "@/lib/engine/expressions/limits";
import { celValue, differs, typeName, type ValueJson, valueSchema } from "./cel-values";

/** The fields of cel.expr.conformance.test.SimpleTest that decide what must come out. */
const caseSchema = z.object({
  name: z.string(),
  expr: z.string(),
  disableCheck: z.boolean().default(false),
  checkOnly: z.boolean().default(false),
  typeEnv: z
    .array(z.object({ name: z.string(), ident: z.object({ type: z.unknown() }).optional() }))
    .default([]),
  bindings: z.record(z.string(), z.object({ value: valueSchema })).default({}),
  value: valueSchema.optional(),
  typedResult: z.object({ result: valueSchema.optional(), deducedType: z.unknown() }).optional(),
  evalError: z.unknown().optional(),
});
type Case = z.infer<typeof caseSchema>;

/** The official cases by unique names such as `macros/map/list_one_element_true`. */
export function officialCases(): Map<string, Case> {
  const cases = new Map<string, Case>();
  const collect = (suite: typeof official, path: readonly string[]): void => {
    for (const inner of suite.suites ?? []) collect(inner, [...path, inner.name]);
    for (const { original } of suite.tests ?? []) {
      const one = caseSchema.parse({ ...original, name: original.name ?? original.expr });
      const name = [...path, one.name].join("/");
      let unique = name;
      for (let count = 2; cases.has(unique); count++) unique = `${name} (${count})`;
      cases.set(unique, one);
    }
  };
  collect(official, []);
  return cases;
}

/** `refused`: an error where there should be a value. `wrong`: another value or type, or one in place of an error. */
export type Gap = { kind: "refused" | "wrong"; what: string };

const refused = (error: unknown): Gap => ({ kind: "refused", what: String(error) });
const wrong = (what: unknown): Gap => ({ kind: "wrong", what: String(what) });

/** Runs a case as Rostrum evaluates expressions, work limits included; null or how the outcome differs. */
export function gapOf(one: Case): Gap | null {
  const { expr, typeEnv, bindings, evalError, typedResult, checkOnly, disableCheck } = one;
  let run: ReturnType<typeof celEnvironment.parse>;
  try {
    const environment = celEnvironment.clone();
    const types = new Map(typeEnv.map(({ name, ident }) => [name, typeName(ident?.type) ?? "dyn"]));
    for (const name of new Set([...types.keys(), ...Object.keys(bindings)])) {
      environment.registerVariable(name, types.get(name) ?? "dyn");
    }
    run = environment.parse(expr);
    const checked = run.check();
    if (!checked.valid && !disableCheck) return refused(checked.error);
    if (typedResult && checked.type !== typeName(typedResult.deducedType)) return wrong(checked.type);
    if (checkOnly) return null;
    limitWork(run.ast);
  } catch (error) {
    return refused(error);
  }
  const given = Object.fromEntries(
    Object.entries(bindings).map(([name, { value }]) => [name, celValue(value)]),
  );
  try {
    const value: unknown = metered(() => run(given));
    if (evalError !== undefined) return wrong(value);
    return differs(value, expectedOf(one)) ? wrong(value) : null;
  } catch (error) {
    return evalError === undefined ? refused(error) : null;
  }
}

/** What the specification says when a case names no value. */
const yes: ValueJson = { boolValue: true };

function expectedOf({ value, typedResult }: Case): unknown {
  return celValue(value ?? typedResult?.result ?? yes);
}
