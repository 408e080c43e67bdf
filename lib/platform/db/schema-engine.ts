import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type * as SchemaEngineModule from "@prisma/schema-engine-wasm/schema_engine_bg";

type EngineModule = typeof SchemaEngineModule & { __wbg_set_wasm(exports: WebAssembly.Exports): void };

let loading: Promise<EngineModule> | undefined;

/**
 * Lends Prisma's own migration engine as WebAssembly. Its command line downloads a program at run time, which a
 * machine that reaches package registries only cannot do; this is the same engine out of the npm package.
 * Used to compare schema files. Migrations are applied by `migrate`: the engine writes a migration's row apart from its
 * script, so that a process killed in between leaves one that no one can tell from a failed one.
 * @param connectionString the database it works on, or any one for comparing schema files
 */
export async function withSchemaEngine<T>(
  connectionString: string,
  work: (engine: SchemaEngineModule.SchemaEngine) => Promise<T>,
): Promise<T> {
  loading ??= loadModule();
  const module = await loading;
  const factory = new ClosingFactory({ connectionString });
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await module.SchemaEngine.new({ datamodels: undefined }, () => {}, bound);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await factory.close();
  }
}

/** The engine leaves its connections open. */
class ClosingFactory extends PrismaPg {
  private readonly opened: Adapter[] = [];

  override async connect() {
    return this.keep(await super.connect());
  }

  override async connectToShadowDb() {
    return this.keep(await super.connectToShadowDb());
  }

  async close(): Promise<void> {
    for (const adapter of this.opened) await adapter.dispose();
  }

  private keep(adapter: Adapter): Adapter {
    this.opened.push(adapter);
    return adapter;
  }
}

type Adapter = Awaited<ReturnType<PrismaPg["connect"]>>;

async function loadModule(): Promise<EngineModule> {
  // The package's own entry imports the .wasm file as a module, which Node does not do by itself.
  const script = createRequire(join(process.cwd(), "package.json")).resolve(
    "@prisma/schema-engine-wasm/schema_engine_bg",
  );
  const module = (await import(/* webpackIgnore: true */ pathToFileURL(script).href)) as EngineModule;
  const bytes = await readFile(join(dirname(script), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, {
    "./schema_engine_bg.js": module as unknown as WebAssembly.ModuleImports,
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return module;
}
