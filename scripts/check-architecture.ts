/**
 * `npm run arch`: the layer rules of .dependency-cruiser.cjs over the whole tree, the list of files that may connect
 * outward (outgoing-doors.ts), who reads the environment (environment-reads.ts), how the browser calls the API (api-calls.ts), how the database is spoken to (data-lanes.ts) and by whom (table-owners.ts), and how long components are (component-sizes.ts). Fails on a forbidden import, on a
 * cycle, and when it saw too few modules to mean anything (with a compiler it cannot use, dependency-cruiser sees
 * none and reports success). Ends with `N modules, N violations`.
 */
import { createRequire } from "node:module";
import { cruise, type ICruiseOptions, type ICruiseResult, type IReporterOutput } from "dependency-cruiser";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { apiCallProblems } from "./api-calls";
import { componentFileProblems } from "./component-files";
import { judgeComponents, longComponents } from "./component-sizes";
import { countLanes, judgeLanes } from "./data-lanes";
import { environmentProblems } from "./environment-reads";
import { doorProblems } from "./outgoing-doors";
import { judgeOwners } from "./table-owners";

const leastModules = 50;
const roots = ["app", "components", "lib", "workers", "scripts", "prisma/seed"];

interface Settings {
  forbidden: NonNullable<NonNullable<ICruiseOptions["ruleSet"]>["forbidden"]>;
  options: ICruiseOptions;
}

async function main(): Promise<number> {
  const { existsSync } = await import("node:fs");
  const settings = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as Settings;
  const answer: IReporterOutput = await cruise(
    roots.filter((root) => existsSync(root)),
    { ...settings.options, ruleSet: { forbidden: settings.forbidden }, validate: true },
    undefined,
    { tsConfig: extractTsConfig("tsconfig.json") },
  );
  const { summary, modules } = answer.output as ICruiseResult;
  const own = modules.filter((module) => roots.some((root) => module.source.startsWith(`${root}/`)));
  for (const violation of summary.violations) {
    const cycle = violation.cycle?.map((step) => step.name).join(" → ");
    console.error(`${violation.rule.name}: ${violation.from} → ${cycle ?? violation.to}`);
  }
  if (own.length < leastModules) {
    console.error(
      `Found only ${own.length} modules, expected at least ${leastModules}. The check is broken.`,
    );
    return 1;
  }
  const lanes = judgeLanes(countLanes());
  const tables = judgeOwners();
  const components = judgeComponents(longComponents());
  const doors = [
    ...[...doorProblems(), ...componentFileProblems(), ...environmentProblems(), ...apiCallProblems()],
    ...[...lanes.problems, ...tables.problems, ...components.problems],
  ];
  for (const problem of doors) console.error(problem);
  const violations = summary.violations.length + doors.length;
  console.log(lanes.line);
  console.log(tables.line);
  console.log(components.line);
  console.log(`${own.length} modules, ${violations} violations`);
  return violations > 0 ? 1 : 0;
}

process.exitCode = await main();
