import { KeyRound } from "lucide-react";
import Link from "next/link";
import { LocalDate } from "@/components/ui/time";

/** Says that a password which someone else made up ends, and where to choose another. */
export function PasswordBanner({ endsAt }: { endsAt: string }) {
  return (
    <aside
      aria-label="Password notice"
      className="flex flex-wrap items-center justify-center gap-x-2 border-b bg-warning-soft px-4 py-1.5 text-xs"
    >
      <KeyRound className="size-3.5" aria-hidden />
      <span>
        Your initial password expires on <LocalDate value={endsAt} />.
      </span>
      <Link href="/account" className="rounded-sm font-medium text-ink underline underline-offset-3">
        Change password
      </Link>
    </aside>
  );
}
