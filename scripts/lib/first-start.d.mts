export interface Setup {
  demo: boolean;
  demoToken?: string | null;
  adminEmail: string | null;
  adminPassword: string | null;
}

export function firstStart(
  env: NodeJS.ProcessEnv,
  options?: { show?: (line: string) => void; demoLink?: boolean },
): Promise<Setup>;
export const demoLinkCommand: string;
export function demoLines(
  setup: Pick<Setup, "demo" | "demoToken">,
  publicUrl: string,
  command?: string,
): string[];
export function administratorLines(setup: Pick<Setup, "adminEmail" | "adminPassword">): string[];
