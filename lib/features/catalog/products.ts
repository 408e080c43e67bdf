import type { Component } from "@/lib/engine/template/types";

/** What images and programs are called whose product is called otherwise. */
const products: Record<string, string> = {
  postgres: "postgresql",
  node: "nodejs",
  npm: "nodejs",
  mongo: "mongodb",
};

/**
 * The product that a component is made of, as its image or else its program names it: `docker.io/library/postgres:17` is
 * `postgresql`. Null where only an expression tells.
 */
export function productOf({ container, process }: Component): string | null {
  const named = container?.image ?? process?.program;
  if (named === undefined || named.includes("${{")) return null;
  const repository = named.split("@")[0]?.split("/").at(-1)?.split(":")[0] ?? "";
  if (repository === "") return null;
  return products[repository] ?? repository;
}
