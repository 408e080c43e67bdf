/** What the screen of an amount's parts can be narrowed to. */
export interface UsagePlace {
  group?: string | undefined;
  key?: string | undefined;
  environment?: string | undefined;
  component?: string | undefined;
  meter?: string | undefined;
  day?: string | undefined;
  days?: number | undefined;
  month?: string | undefined;
}

/** Where what an amount is made of can be read. */
export function usageHref(place: UsagePlace): string {
  const params = Object.entries(place).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `/costs/usage?${new URLSearchParams(params)}`;
}
