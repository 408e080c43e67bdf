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
}

/** Every way in, once: the template's own outputs first, then addresses and outputs of components. */
export function linkRows(environment: EnvironmentDetail): LinkRow[] {
  // They lead nowhere any more.
  if (environment.destroyedAt) return [];
  const rows: LinkRow[] = [];
  const seen = new Set<string>();
  const add = (row: Omit<LinkRow, "link">) => {
    if (!row.secret && (row.value === "" || seen.has(row.value.replace(/\/$/, "")))) return;
    seen.add(row.value.replace(/\/$/, ""));
    rows.push({ ...row, link: !row.secret && /^https?:\/\//.test(row.value) });
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
  return rows;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
