import { cn } from "@/components/ui/cn";
import type { ReferenceField, ReferenceOperation } from "./reference";

const methodTone: Record<string, string> = {
  GET: "text-accent-ink",
  POST: "text-good-ink",
  PATCH: "text-warning-ink",
  PUT: "text-warning-ink",
  DELETE: "text-bad-ink",
};

/** One operation: closed it is a line, open it says everything. Works without JavaScript. */
export function OperationCard({ operation }: { operation: ReferenceOperation }) {
  return (
    <details id={operation.id} className="group scroll-mt-6 rounded-card border bg-panel">
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 gap-y-1 px-4 sm:flex-nowrap py-2.5 text-sm">
        <span className={cn("w-14 shrink-0 font-mono text-xs font-semibold", methodTone[operation.method])}>
          {operation.method}
        </span>
        <code className="min-w-0 font-mono text-xs break-all max-sm:flex-1 sm:shrink-0">
          {operation.path}
        </code>
        <span className="text-muted min-w-0 max-sm:w-full sm:ml-auto sm:text-right">{operation.summary}</span>
      </summary>
      <div className="grid gap-4 border-t px-4 py-4 text-sm">
        {operation.description ? <p className="text-ink-soft">{operation.description}</p> : null}
        <p className="text-muted">{accessSentence(operation)}</p>
        {operation.parameters.length > 0 ? (
          <Fields
            title="Parameters"
            fields={operation.parameters.map((one) => ({
              ...one,
              description: [one.place === "path" ? "" : one.place, one.description]
                .filter(Boolean)
                .join(" · "),
              depth: 0,
            }))}
          />
        ) : null}
        {operation.body.length > 0 ? <Fields title="Body" fields={operation.body} /> : null}
        {operation.answer.length > 0 ? (
          <Fields title={`Response (${operation.status})`} fields={operation.answer} answer />
        ) : (
          <p className="text-muted">Returns {operation.status}.</p>
        )}
      </div>
    </details>
  );
}

function accessSentence({ access, scope }: ReferenceOperation): string {
  if (access === "public") return "Public";
  if (access === "authenticated") return "Any authenticated user";
  return `Requires permission ${access}${scope ? ` · API tokens need scope ${scope}` : ""}`;
}

function Fields({ title, fields, answer }: { title: string; fields: ReferenceField[]; answer?: boolean }) {
  const keys = keysOf(fields);
  return (
    <div className="grid gap-1.5">
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      <ul className="grid gap-1">
        {fields.map((field, index) => (
          <li
            key={keys[index]}
            className="grid gap-x-3 sm:grid-cols-[minmax(10rem,16rem)_1fr]"
            style={{ paddingLeft: `${field.depth}rem` }}
          >
            <span className="font-mono text-xs leading-5">
              {field.name}
              {field.required || answer ? "" : <span className="text-muted"> optional</span>}
            </span>
            <span className="min-w-0 text-xs leading-5 text-ink-soft">
              <code className="font-mono break-words text-muted">{field.type}</code>
              {field.description ? ` · ${field.description}` : ""}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The path of each field: a name alone can come twice at different places. */
function keysOf(fields: ReferenceField[]): string[] {
  const path: string[] = [];
  return fields.map(({ depth, name }) => {
    path.length = depth;
    path.push(name);
    return path.join("/");
  });
}
