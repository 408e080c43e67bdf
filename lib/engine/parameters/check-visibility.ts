import { takeValue } from "@/lib/kernel/values";
import type { Finding } from "../template/check-references";
import type { Parameter, ParameterPage } from "../template/types";
import { visibleIfOf } from "./visibility";
import { breachMessage, unknownMessage } from "./words";

const key = "ui:visibleIf";

/** Checks that conditions name other parameters and values that those can have, and that none waits for itself. */
export function checkVisibility(pages: readonly ParameterPage[]): Finding[] {
  const parameters = new Map(pages.flatMap((page) => Object.entries(page.properties)));
  return pages.flatMap((page, index) => {
    // A single page may be written without a list; lines are looked up by both paths.
    const base = ["spec", "parameters", ...(pages.length === 1 ? [] : [index])];
    return Object.entries(page.properties).flatMap(([name, parameter]) => {
      const path = [...base, "properties", name];
      return [
        ...nestedConditions(parameter, path),
        ...checkCondition(name, parameter, parameters).map(({ at, message }) => ({
          path: [...path, key, ...at],
          message,
        })),
      ];
    });
  });
}

interface Flaw {
  /** Below the condition. */
  at: (string | number)[];
  message: string;
}

function checkCondition(
  name: string,
  parameter: Parameter,
  parameters: ReadonlyMap<string, Parameter>,
): Flaw[] {
  const flaws = Object.entries(visibleIfOf(parameter) ?? {}).flatMap(([other, values]): Flaw[] => {
    const at = [other];
    const named = parameters.get(other);
    if (other === name) return [{ at, message: "a parameter can't depend on itself" }];
    if (!named) return [{ at, message: unknownMessage(other, [...parameters.keys()]) }];
    if (named.format === "secret" || named["ui:widget"] === "secret")
      return [{ at, message: "a condition must not depend on a secret" }];
    return values.flatMap((value) => {
      const { default: _default, ...rules } = named;
      const taken = takeValue(rules, value, { required: false });
      const breach = taken.ok ? undefined : taken.problems[0]?.breach;
      return breach ? [{ at, message: `${JSON.stringify(value)}: "${other}" ${breachMessage(breach)}` }] : [];
    });
  });
  const cycle = flaws.length > 0 ? undefined : cycleFrom(name, parameters);
  return cycle ? [{ at: [], message: `the conditions form a cycle: ${cycle.join(" → ")}` }] : flaws;
}

/** The way from a parameter through its conditions back to itself, or undefined. */
function cycleFrom(name: string, parameters: ReadonlyMap<string, Parameter>): string[] | undefined {
  const seen = new Set<string>();
  const search = (at: string, way: readonly string[]): string[] | undefined => {
    for (const next of Object.keys(parameters.get(at)?.[key] ?? {})) {
      if (next === name) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = search(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return search(name, [name]);
}

/** Within a list or an object nothing is asked for by itself. */
function nestedConditions(parameter: Parameter, path: (string | number)[]): Finding[] {
  const children: [(string | number)[], Parameter][] = [
    ...Object.entries(parameter.properties ?? {}).map(([name, child]): [(string | number)[], Parameter] => [
      [...path, "properties", name],
      child,
    ]),
    ...(parameter.items ? [[[...path, "items"], parameter.items] as [(string | number)[], Parameter]] : []),
  ];
  return children.flatMap(([at, child]) => [
    ...(child[key]
      ? [
          {
            path: [...at, key],
            message: "has no effect inside an object or a list; use a separate parameter",
          },
        ]
      : []),
    ...nestedConditions(child, at),
  ]);
}
