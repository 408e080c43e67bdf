import { Mark } from "@/components/shell/mark";
import type { DemoRole } from "@/lib/features/identity/schema";
import { DemoPeople } from "./demo-people";
import { SignInForm } from "./sign-in-form";

export interface SignInViewProps {
  /** Where to go afterwards: a path of ours. */
  next: string;
  error?: string | undefined;
  oidcName?: string | undefined;
  demo: { role: DemoRole; name: string }[];
}

export function SignInView({ next, error, oidcName, demo }: SignInViewProps) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="grid w-full max-w-[26rem] gap-7">
        <header className="grid justify-items-center gap-3 text-center">
          <Mark className="size-10" />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Sign in to Rostrum</h1>
            <p className="mt-1 text-sm text-muted">
              Environments from standard templates, on every cloud you have.
            </p>
          </div>
        </header>
        <section className="rounded-card border bg-panel p-6 shadow-panel" aria-label="Sign in">
          <SignInForm next={next} error={error} oidcName={oidcName} />
        </section>
        {demo.length > 0 ? <DemoPeople next={next} people={demo} /> : null}
      </div>
    </main>
  );
}
