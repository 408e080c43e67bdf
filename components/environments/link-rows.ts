import type { EnvironmentDetail } from "@/lib/features/environments/schema";

export interface LinkRow {
  key: string;
  label: string;
  /** What the template says of it. */
  description?: string;
  /** Name and component as the reveal asks for them. */
  name: string;
  component?: string;
  value: string;
  link: boolean;
  /** Why an address is no link; null when it is one, or no address. */
  withoutLink: string | null;
  secret: boolean;
  /** Of one component, where the template itself names ways in: for those who look closer. */
  inner: boolean;
}

const leadsToPortal = "No link: this address uses Rostrum’s own host.";

/** Every way in, once: the template's own outputs first, then addresses and outputs of components. */
export function linkRows(environment: EnvironmentDetail): LinkRow[] {
  // They lead nowhere any more.
  if (environment.destroyedAt) return [];
  const rows: LinkRow[] = [];
  const seen = new Set<string>();
  const named = environment.outputList.length > 0;
  const add = (row: Omit<LinkRow, "link" | "withoutLink" | "inner">) => {
    if (!row.secret && (row.value === "" || seen.has(row.value.replace(/\/$/, "")))) return;
    seen.add(row.value.replace(/\/$/, ""));
    const inner = named && !row.key.startsWith("output ");
    const link = !row.secret && mayLink(environment, row.value);
    const withoutLink = isAtPortal(environment, row.value) ? leadsToPortal : null;
    rows.push({ ...row, link, withoutLink, inner });
  };
  for (const output of environment.outputList) {
    const { name, description, secret } = output;
    add({
      key: `output ${name}`,
      label: output.title,
      ...(description && { description }),
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

/** Whether an address is shown as a link: those at the portal's own host are not. */
export function mayLink(environment: EnvironmentDetail, address: string): boolean {
  return /^https?:\/\//.test(address) && !isAtPortal(environment, address);
}

/** Components may have the address of an output; it is no link there either. */
function isAtPortal(environment: EnvironmentDetail, address: string): boolean {
  return environment.outputList.some((one) => one.leadsToPortal && one.value === address);
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
