import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import * as documentRoute from "@/app/api/v1/openapi.json/route";
import { routes } from "@/app/api/v1/routes";
import { buildOpenApi, type RouteTable } from "@/lib/platform/http";

/**
 * Writes gen/api/paths.ts: the API's OpenAPI document as types, for the browser's calls (components/data/api.ts). From the
 * document rather than from the routes' own types, so that a page knows of the API what every other client knows.
 */
const target = fileURLToPath(new URL("../gen/api/paths.ts", import.meta.url));
const base = "/api/v1";

/** The types of a table of routes, with paths relative to `/api/v1`. */
export async function renderApiTypes(table: RouteTable): Promise<string> {
  const relative = table.map(({ path, module }) => ({ path: path.slice(base.length), module }));
  const document = buildOpenApi(relative, { version: "1", serverUrl: base });
  const nodes = await openapiTS(JSON.stringify(document), {
    // A default makes a field of a body optional.
    defaultNonNullable: false,
    transform: ({ format }) => (format === "binary" ? ts.factory.createTypeReferenceNode("Blob") : undefined),
  });
  const text = astToString(nodes.flatMap(named)).replaceAll(/components\["schemas"\]\["(\w+)"\]/g, "$1");
  return `// Written by scripts/generate-api-types.ts (npm run api:generate).\n\n${text}`;
}

/** Shared schemas as types of their own: as members of an interface, which they are otherwise, none could name itself. */
function named(node: ts.Node): ts.Node[] {
  if (ts.isTypeAliasDeclaration(node)) return [];
  if (!ts.isInterfaceDeclaration(node) || node.name.text !== "components") return [node];
  const schemas = node.members.find((member) => member.name && nameOf(member.name) === "schemas");
  if (!schemas || !ts.isPropertySignature(schemas) || !schemas.type || !ts.isTypeLiteralNode(schemas.type))
    throw new TypeError("The generator writes shared schemas in another shape.");
  const exported = [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  return schemas.type.members.flatMap((member) =>
    ts.isPropertySignature(member) && member.type
      ? [ts.factory.createTypeAliasDeclaration(exported, nameOf(member.name), undefined, member.type)]
      : [],
  );
}

function nameOf(name: ts.PropertyName): string {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  throw new TypeError("A schema has a name that is computed.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await renderApiTypes([...routes, { path: `${base}/openapi.json`, module: documentRoute }]);
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
  // What the routes opened on their way in keeps the process alive.
  process.exit(0);
}
