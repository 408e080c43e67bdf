import type { EnvironmentDetail } from "@/lib/features/environments/schema";

export interface LinkRow {
  key: string;
  label: string;
  /** Name and component as the reveal asks for them. */
  name: string;
  component?: string;
  value: string;
  link: boolean;
  secret: boolean;
  /** Of one component, where the template itself names ways in: for those who look closer. */
  inner: boolean;
}

/** Every way in, once: the template's own outputs first, then addresses and outputs of components. */
export function linkRows(environment: EnvironmentDetail): LinkRow[] {
  // They lead nowhere any more.
  if (environment.destroyedAt) return [];
  const rows: LinkRow[] = [];
  const seen = new Set<string>();
  const named = environment.outputList.length > 0;
  const add = (row: Omit<LinkRow, "link" | "inner">) => {
    if (!row.secret && (row.value === "" || seen.has(row.value.replace(/\/$/, "")))) return;
    seen.add(row.value.replace(/\/$/, ""));
    const inner = named && !row.key.startsWith("output ");
    rows.push({ ...row, link: !row.secret && /^https?:\/\//.test(row.value), inner });
  };
  for (const output of environment.outputList) {
    const { name, secret } = output;
    add({
      key: `output ${name}`,
      label: output.title,
      name,
      value: secret ? "" : textOf(output.value),
      secret,
    });
  }
  for (const one of environment.resources) {
    const { component } = one;
    if (one.url)
      add({ key: `url ${component}`, label: one.title, name: "url", value: one.url, secret: false });
    for (const { port, address } of one.url ? [] : one.addresses) {
      add({
        key: `${component} ${port}`,
        label: `${component} ${port}`,
        name: port,
        value: address,
        secret: false,
      });
    }
    for (const name of one.secretOutputs) {
      add({
        key: `secret ${component} ${name}`,
        label: `${component} ${name}`,
        name,
        component,
        value: "",
        secret: true,
      });
    }
  }
  return rows.sort((left, right) => rank(left, environment.url) - rank(right, environment.url));
}

/** The address people open first, then other links, other values, secrets. The sort keeps the order within each. */
function rank(row: LinkRow, main: string | null): number {
  if (row.link) return row.value === main || isRoot(row.value) ? 0 : 1;
  return row.secret ? 3 : 2;
}

function isRoot(url: string): boolean {
  return /^https?:\/\/[^/]+\/?$/.test(url);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
