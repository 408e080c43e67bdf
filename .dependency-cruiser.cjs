/** The layers of the code; see docs/architecture.md. Checked by scripts/check-architecture.ts. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    rule(
      "no-cycles",
      "Modules that need each other at run time are one module.",
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    ),
    rule("no-unresolved", "Every import leads somewhere.", {}, { couldNotResolve: true }),
    rule(
      "kernel-is-pure",
      "lib/kernel knows nothing but itself.",
      { path: "^lib/kernel/" },
      { path: "^(app|components|gen|workers|scripts|lib/(?!kernel/))" },
    ),
    rule(
      "platform-below-domain",
      "lib/platform sees the kernel only.",
      { path: "^lib/platform/", pathNot: "\\.test\\.tsx?$" },
      { path: "^(app|components|workers|scripts|tests|lib/(engine|clouds|features)/)" },
    ),
    rule(
      "engine-and-clouds-below-features",
      "The engine and the clouds know no organization, user or price.",
      { path: "^lib/(engine|clouds)/", pathNot: "\\.test\\.tsx?$" },
      { path: "^(app|components|workers|scripts|tests|lib/features/)" },
    ),
    rule(
      "engine-and-clouds-without-prisma",
      "Drivers and the engine do not speak the database's types.",
      { path: "^lib/(engine|clouds)/", pathNot: "\\.test\\.tsx?$" },
      { path: "^gen/", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "engine-behind-ports",
      "The engine asks a RunStore and a Clock; PostgreSQL is behind them, in lib/engine/run/postgres.",
      { path: "^lib/engine/", pathNot: ["^lib/engine/run/postgres/", "\\.test\\.tsx?$"] },
      { path: "^(lib/platform/|lib/engine/run/postgres/|node_modules/(pg|@types/pg|kysely)/)" },
    ),
    rule(
      "archives-in-one-folder",
      "Tars and zips are read and written by lib/platform/archive.",
      {
        path: "^(app|components|lib|workers|scripts)/",
        pathNot: "^lib/platform/archive/(tar|zip|copy-tar\\.test)\\.ts$",
      },
      { path: "^node_modules/(@types/)?(tar-stream|yauzl)/" },
    ),
    rule(
      "cel-in-one-file",
      "What cel-js doesn't publish is used in one file, whose test says when it moved.",
      { path: "^(app|components|lib|workers|scripts|prisma)/", pathNot: "^lib/engine/expressions/cel\\.ts$" },
      { path: "^node_modules/@marcbachmann/cel-js/" },
    ),
    rule(
      "features-below-doors",
      "Features do not know how they are shown or started.",
      { path: "^lib/features/", pathNot: "\\.test\\.tsx?$" },
      { path: "^(app|components|workers|scripts|tests)/" },
    ),
    rule(
      "feature-doors-from-features",
      "A feature enters another by its index.ts or schema.ts; its statements join what the other publishes in joins.ts.",
      { path: "^lib/features/([^/]+)/" },
      {
        path: "^lib/features/[^/]+/",
        pathNot: ["^lib/features/$1/", "^lib/features/[^/]+/(index|schema|joins)\\.tsx?$"],
      },
    ),
    rule(
      "feature-doors-from-outside",
      "Everybody enters a feature by its index.ts or schema.ts.",
      { path: "^(app|components|workers|scripts|prisma)/" },
      { path: "^lib/features/[^/]+/", pathNot: "^lib/features/[^/]+/(index|schema)\\.tsx?$" },
    ),
    rule(
      "components-see-schemas-only",
      "Components take props: schemas, the kernel and the API's types are all they see beside themselves.",
      { path: "^components/" },
      {
        path: "^(app|workers|gen/(?!api/)|scripts|lib/(engine|clouds|platform)/|lib/features/[^/]+/(?!schema\\.))",
      },
    ),
    rule(
      "primitives-know-no-domain",
      "components/ui is copied from shadcn and stays free of Rostrum's nouns.",
      { path: "^components/ui/" },
      { path: "^(components/(?!ui/)|lib/(?!kernel/))" },
    ),
    rule(
      "demo-data-outside",
      "Demo data is written by the setup script; neither portal nor workers carry it.",
      { path: "^(app|components|lib|workers)/" },
      { path: "^prisma/seed/" },
    ),
    rule(
      "no-imports-of-the-top",
      "app and workers are where things start.",
      { path: "^(lib|components)/" },
      { path: "^(app|workers)/" },
    ),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: "specify",
    doNotFollow: { path: "node_modules|^gen/" },
    exclude: { path: "^(\\.next|dist|data)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
