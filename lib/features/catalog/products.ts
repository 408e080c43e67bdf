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
  return productNamed(container?.image ?? process?.program);
}

/** The product that a resource runs, as its cloud tells of it; where it doesn't, as its component names it. */
export function runningProduct(
  { image, program }: Readonly<Record<string, unknown>>,
  component: Component | undefined,
): string | null {
  const observed = [image, program].find((name) => typeof name === "string");
  return productNamed(observed) ?? (component ? productOf(component) : null);
}

function productNamed(named: string | undefined): string | null {
  if (named === undefined || named.includes("${{")) return null;
  const repository = named.split("@")[0]?.split("/").at(-1)?.split(":")[0] ?? "";
  if (repository === "") return null;
  return products[repository] ?? repository;
}
