import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignInView } from "@/components/sign-in/sign-in-view";
import { getSessionActor, hasDemoUsers, listDemoUsers } from "@/lib/features/identity";
import { getConfig } from "@/lib/platform/config";

export const metadata: Metadata = { title: "Sign in" };
export const dynamic = "force-dynamic";

interface Props {
  searchParams: Promise<{
    next?: string | string[];
    callbackUrl?: string | string[];
    error?: string | string[];
  }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const given = await searchParams;
  const next = localPath(first(given.next) ?? first(given.callbackUrl));
  if (await getSessionActor()) redirect(next);
  const users = await listDemoUsers(await headers());
  return (
    <SignInView
      next={next}
      error={first(given.error)}
      oidcName={getConfig().oidc?.name}
      demo={users.map(({ role, name }) => ({ role, name }))}
      hasDemo={users.length > 0 || (await hasDemoUsers())}
    />
  );
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Only a path of ours: a link to the sign-in page must not lead elsewhere afterwards. */
function localPath(value: string | undefined): string {
  if (!value) return "/";
  const base = "http://rostrum.invalid";
  const url = URL.canParse(value, base) ? new URL(value, base) : null;
  if (!url || url.pathname.startsWith("/sign-in")) return "/";
  const ours = url.origin === base || url.origin === new URL(getConfig().publicUrl).origin;
  return ours && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : "/";
}
