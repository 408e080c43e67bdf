import { Mark } from "@/components/shell/mark";
import { cn } from "@/components/ui/cn";
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
  const hasDemo = demo.length > 0;
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className={cn("grid w-full gap-8", hasDemo ? "max-w-[26rem] lg:max-w-4xl" : "max-w-[26rem]")}>
        <header className="grid justify-items-center gap-3 text-center">
          <Mark className="size-10" />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Sign in to Rostrum</h1>
            <p className="mt-1 text-sm text-muted">
              Environments from standard templates, on every cloud you have.
            </p>
          </div>
        </header>
        {/* Side by side where there is room: whoever came to try must not have to scroll. */}
        <div className={cn("grid items-start gap-8", hasDemo && "lg:grid-cols-2")}>
          <section className="rounded-card border bg-panel p-6 shadow-panel" aria-label="Sign in">
            <SignInForm next={next} error={error} oidcName={oidcName} />
          </section>
          {hasDemo ? <DemoPeople next={next} people={demo} /> : null}
        </div>
      </div>
    </main>
  );
}
