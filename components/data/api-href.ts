/** Addresses of the API. Pure: used on both sides. */

import type { AddressParts, ApiLink, ApiPath } from "./api-types";

const base = "/api/v1";

/** The address of something that a link or a stream reads: checked like a call. */
export function apiHref<Path extends ApiPath<"get">>(path: Path, ...to: ApiLink<Path>): string;
export function apiHref(path: string, ...[to]: readonly (AddressParts | undefined)[]): string {
  return addressOf(path, to ?? {});
}

/** The address of a list's rows as CSV. What is left blank of its filters is left out. */
export function csvHref<Path extends ApiPath<"get">>(path: Path, ...to: ApiLink<Path>): string;
export function csvHref(path: string, ...[to]: readonly (AddressParts | undefined)[]): string {
  const given = Object.entries(to?.query ?? {}).filter(([, value]) => value !== "");
  return addressOf(path, { ...to, query: { ...Object.fromEntries(given), format: "csv" } });
}

/** The address of a call. @throws TypeError when the path has a placeholder that nothing fills */
export function addressOf(path: string, { path: values = {}, query = {} }: AddressParts): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "") throw new TypeError(`${path} needs a value for ${name}.`);
    return [value].flat().map(encodeURIComponent).join("/");
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) search.append(name, String(value));
  const text = search.toString();
  return `${base}${filled}${text && `?${text}`}`;
}
