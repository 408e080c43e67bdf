/**
 * The schema that Prisma's client is generated from: what the client is asked for, not all there is. A client unpacks a
 * table of every input that its models and relations allow, in portal and workers each; with all of the schema that
 * is 18 MB, with what is used 5 MB. Foreign keys, migrations and Kysely's types come from the whole schema.
 *
 * - A relation belongs to the client when its line ends with `// @client`, on both sides.
 * - A model doesn't when the line before it is `// @statements`: only statements of Kysely or SQL name its table.
 */

const model = /((?:^\/\/\/.*\n)*)(^\/\/ @statements\n)?((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}\n?/gm;

/** The names of all models of these files, in their order. */
export function modelsOf(texts) {
  return texts.flatMap((text) => [...text.matchAll(model)].map((found) => found[4]));
}

const bodies = (text) =>
  [...text.matchAll(model)].map((found) => ({ name: found[4], lines: found[5].split("\n") }));

/** The relations of each model that the client leaves out, by the model's name. `texts` are all files. */
export function relationsLeftOut(texts) {
  const isRelation = relationLine(modelsOf(texts));
  return new Map(
    texts
      .flatMap(bodies)
      .map(({ name, lines }) => [
        name,
        lines
          .filter((line) => isRelation.test(line) && !isMarked(line))
          .map((line) => line.trim().split(/\s/)[0]),
      ]),
  );
}

const relationLine = (models) => new RegExp(`^\\s+\\w+\\s+(?:${models.join("|")})(?:\\[\\]|\\?)?(?:\\s|$)`);
const isMarked = (line) => line.trimEnd().endsWith("// @client");

/** One file of the schema without what the client leaves out. `models` are the names of all models. */
export function clientSchema(text, models) {
  const isRelation = relationLine(models);
  const isKept = (line) => !isRelation.test(line) || isMarked(line);
  return text
    .replaceAll(model, (_all, before, statements, after, name, body) =>
      statements ? "" : `${before}${after}model ${name} {\n${body.split("\n").filter(isKept).join("\n")}}\n`,
    )
    .replace(/(?:^\/\/\/.*\n)*^generator kysely \{[\s\S]*?^\}\n?/m, "");
}
