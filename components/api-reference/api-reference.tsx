import Link from "next/link";
import { apiHref } from "@/components/data/api-href";
import { Mark } from "@/components/shell/mark";
import { errorCodes } from "@/lib/kernel/errors";
import { OperationCard } from "./operation-card";
import type { Reference } from "./reference";

export interface ApiReferenceProps {
  reference: Reference;
  serverUrl: string;
  version: string;
}

const slug = (tag: string) => `tag-${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;

/** The API's document for people: everything on one searchable page. */
export function ApiReference({ reference, serverUrl, version }: ApiReferenceProps) {
  return (
    <div className="mx-auto grid max-w-6xl gap-10 px-4 py-8 md:grid-cols-[13rem_minmax(0,1fr)]">
      <nav aria-label="API reference" className="hidden text-sm md:block">
        <div className="sticky top-8 grid gap-1">
          <Link href="/" className="mb-4 flex items-center gap-2 font-semibold">
            <Mark className="size-6" /> Rostrum API
          </Link>
          {reference.groups.map(({ tag }) => (
            <a
              key={tag}
              href={`#${slug(tag)}`}
              className="rounded-control px-2 py-1 text-ink-soft hover:bg-hover"
            >
              {tag}
            </a>
          ))}
          <a href="#errors" className="rounded-control px-2 py-1 text-ink-soft hover:bg-hover">
            Errors
          </a>
        </div>
      </nav>
      <main className="grid min-w-0 gap-10">
        <Link href="/" className="flex items-center gap-2 font-semibold md:hidden">
          <Mark className="size-6" /> Rostrum API
        </Link>
        <Introduction serverUrl={serverUrl} version={version} />
        {reference.groups.map(({ tag, operations }) => (
          <section
            key={tag}
            id={slug(tag)}
            className="grid gap-3 scroll-mt-6"
            aria-labelledby={`${slug(tag)}-title`}
          >
            <h2 id={`${slug(tag)}-title`} className="text-lg font-semibold">
              {tag}
            </h2>
            {operations.map((operation) => (
              <OperationCard key={operation.id} operation={operation} />
            ))}
          </section>
        ))}
        <Errors />
      </main>
    </div>
  );
}

function Introduction({ serverUrl, version }: { serverUrl: string; version: string }) {
  return (
    <header className="grid gap-3">
      <h1 className="text-2xl font-semibold tracking-tight">API reference</h1>
      <p className="max-w-2xl text-ink-soft">
        The portal is built on this API (v{version}). Send an API token in the header{" "}
        <code className="font-mono text-sm">Authorization: Bearer</code>. Create tokens in{" "}
        <Link className="text-accent-ink underline underline-offset-4" href="/account#tokens">
          your account settings
        </Link>
        . For tools, use the{" "}
        <a className="text-accent-ink underline underline-offset-4" href={apiHref("/openapi.json")}>
          OpenAPI 3.1 document
        </a>
        .
      </p>
      <pre className="whitespace-pre-wrap break-all rounded-card border bg-subtle p-4 font-mono text-xs">
        {`curl -H "Authorization: Bearer $TOKEN" ${serverUrl}/api/v1/me`}
      </pre>
      <ul className="grid max-w-2xl list-disc gap-1 pl-5 text-sm text-ink-soft">
        <li>
          Lists accept <code className="font-mono">limit</code> and <code className="font-mono">cursor</code>.
          The response contains the next cursor. <code className="font-mono">Accept: text/csv</code> exports
          the full list.
        </li>
        <li>
          Writes accept an <code className="font-mono">Idempotency-Key</code>. Retries with the same key and
          body return the original response for 24 hours.
        </li>
        <li>Resources you can’t access return 404.</li>
      </ul>
    </header>
  );
}

function Errors() {
  return (
    <section id="errors" className="grid gap-3 scroll-mt-6" aria-labelledby="errors-title">
      <h2 id="errors-title" className="text-lg font-semibold">
        Errors
      </h2>
      <p className="max-w-2xl text-sm text-ink-soft">
        Errors are problem details (RFC 9457) with <code className="font-mono">code</code>, human-readable{" "}
        <code className="font-mono">detail</code>, <code className="font-mono">requestId</code> and{" "}
        <code className="font-mono">errors</code> by field. The table lists every code.
      </p>
      <dl className="grid overflow-hidden rounded-card border bg-panel text-sm">
        {Object.entries(errorCodes).map(([code, { status, title }]) => (
          <div
            key={code}
            id={`error-${code}`}
            className="grid grid-cols-[3rem_minmax(9rem,14rem)_1fr] gap-3 border-b px-4 py-2 last:border-b-0"
          >
            <dt className="order-2 font-mono text-xs leading-5">{code}</dt>
            <dd className="order-1 tabular-nums text-muted">{status}</dd>
            <dd className="order-3">{title}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
