import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as simpleIcons from "simple-icons";

/**
 * Products whose mark Rostrum shows, by the name that a template or an image has for them. Only marks that simple-icons
 * gives away under CC0 without further conditions.
 */
export const productMarks = {
  caddy: simpleIcons.siCaddy,
  elasticsearch: simpleIcons.siElasticsearch,
  grafana: simpleIcons.siGrafana,
  mariadb: simpleIcons.siMariadb,
  minio: simpleIcons.siMinio,
  mongodb: simpleIcons.siMongodb,
  mysql: simpleIcons.siMysql,
  nginx: simpleIcons.siNginx,
  nodejs: simpleIcons.siNodedotjs,
  postgresql: simpleIcons.siPostgresql,
  prometheus: simpleIcons.siPrometheus,
  python: simpleIcons.siPython,
  rabbitmq: simpleIcons.siRabbitmq,
  redis: simpleIcons.siRedis,
  wordpress: simpleIcons.siWordpress,
} satisfies Record<string, simpleIcons.SimpleIcon>;

/** The text of components/ui/product-marks.ts. */
export function productMarksSource(): string {
  const marks = Object.entries(productMarks).map(
    ([name, { title, path }]) =>
      `  ${name}: {\n    title: ${JSON.stringify(title)},\n    path: ${JSON.stringify(path)},\n  },`,
  );
  return [
    "/**",
    " * Marks of products from simple-icons (CC0-1.0), on a field of 24 by 24. Written by `npx tsx scripts/product-marks.ts`: the whole",
    " * collection is 5 MB, so only what is shown is part of the program. The marks belong to their owners; see NOTICE.",
    " */",
    "export const productMarks = {",
    ...marks,
    "} as const satisfies Record<string, { title: string; path: string }>;",
    "",
    "export type ProductName = keyof typeof productMarks;",
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("../components/ui/product-marks.ts", import.meta.url), productMarksSource());
}
