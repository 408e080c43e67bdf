import { Mark } from "@/components/shell/mark";
import { cn } from "@/components/ui/cn";
import { type DemoRole, demoLinkCommand } from "@/lib/features/identity/schema";
import { DemoPeople } from "./demo-people";
import { SignInForm } from "./sign-in-form";

export interface SignInViewProps {
  /** Where to go afterwards: a path of ours. */
  next: string;
  error?: string | undefined;
  oidcName?: string | undefined;
  /** The demo users this browser may sign in as. */
  demo: { role: DemoRole; name: string }[];
  /** Whether there is demo data at all. */
  hasDemo: boolean;
}

/** How a browser comes to the demo users. */
function DemoLinkHint() {
  return (
    <p className="text-center text-xs text-muted">
      To sign in as a demo user, open the demo link from the terminal, or get one with{" "}
      <code className="font-mono text-ink-soft">{demoLinkCommand}</code>
    </p>
  );
}

export function SignInView({ next, error, oidcName, demo, hasDemo }: SignInViewProps) {
  const offersDemo = demo.length > 0;
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className={cn("grid w-full gap-8", offersDemo ? "max-w-[26rem] lg:max-w-4xl" : "max-w-[26rem]")}>
        <header className="grid justify-items-center gap-3 text-center">
          <Mark className="size-10" />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Sign in to Rostrum</h1>
            <p className="mt-1 text-sm text-muted">Self-service environments for your team</p>
          </div>
        </header>
        {/* Side by side where there is room: a visitor who came to try must not have to scroll. */}
        <div className={cn("grid items-start gap-8", offersDemo && "lg:grid-cols-2")}>
          <section className="rounded-card border bg-panel p-6 shadow-panel" aria-label="Sign in">
            <SignInForm next={next} error={error} oidcName={oidcName} />
          </section>
          {offersDemo ? <DemoPeople next={next} people={demo} /> : null}
        </div>
        {hasDemo && !offersDemo ? <DemoLinkHint /> : null}
      </div>
    </main>
  );
}
