import Link from "next/link";
import type { ReactNode } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { cn } from "@/components/ui/cn";

/** Headings of a text begin below those of the page. */
const heading = (Level: "h3" | "h4" | "h5", className: string) =>
  function Heading({ children }: { children?: ReactNode }) {
    return (
      <Level
        id={anchorOf(children)}
        className={cn("mt-6 mb-2 scroll-mt-20 font-semibold first:mt-0", className)}
      >
        {children}
      </Level>
    );
  };

/** What a link within the text calls a heading, as GitHub does; none where it isn't plain text. */
function anchorOf(children: ReactNode): string | undefined {
  if (typeof children !== "string") return undefined;
  const words = children
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
  return `text-${words}`;
}

const looks: Components = {
  h1: heading("h3", "text-xl"),
  h2: heading("h3", "text-lg"),
  h3: heading("h4", "text-base"),
  h4: heading("h5", "text-base text-ink-soft"),
  h5: heading("h5", "text-sm text-ink-soft"),
  h6: heading("h5", "text-sm text-muted"),
  p: ({ children }) => <p className="my-2.5 first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children }) => <ul className="my-2.5 list-disc space-y-1 pl-5">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="my-2.5 list-decimal space-y-1 pl-5">
      {children}
    </ol>
  ),
  blockquote: ({ children }) => (
    <blockquote className="my-2.5 border-l-2 pl-4 text-ink-soft">{children}</blockquote>
  ),
  hr: () => <hr className="my-5" />,
  // A picture from elsewhere would tell its server who reads this, and the content security policy forbids it.
  img: ({ alt }) => <span className="text-muted">{alt ? `[Image: ${alt}]` : "[Image]"}</span>,
  pre: ({ children }) => (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
      tabIndex={0}
      className="relative my-3 overflow-x-auto rounded-control border bg-subtle p-3 font-mono text-xs [&_code]:bg-transparent [&_code]:p-0"
    >
      {children}
    </pre>
  ),
  code: ({ children }) => (
    <code className="rounded bg-hover px-1 py-0.5 font-mono text-[0.92em] break-words">{children}</code>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <div tabIndex={0} className="relative my-3 overflow-x-auto">
      <table className="w-full border-collapse text-sm">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border-b px-3 py-1.5 text-left font-semibold">{children}</th>,
  td: ({ children }) => <td className="border-b px-3 py-1.5 align-top">{children}</td>,
};

/** Where a link leads; null leaves only its words. */
export type LinkOf = (href: string) => string | null;

const linkClasses = "text-accent-ink underline underline-offset-4";

function MarkdownLink({ to, children }: { to: string | null; children?: ReactNode }) {
  if (to === null) return <span>{children}</span>;
  if (to.startsWith("#")) {
    return (
      <a href={`#text-${to.slice(1)}`} className={linkClasses}>
        {children}
      </a>
    );
  }
  if (to.startsWith("/")) {
    return (
      <Link href={to.replace("#", "#text-")} className={linkClasses}>
        {children}
      </Link>
    );
  }
  return (
    <a href={to} target="_blank" rel="noopener noreferrer nofollow" className={linkClasses}>
      {children}
    </a>
  );
}

const looksWith = (linkOf: LinkOf): Components => ({
  ...looks,
  a: ({ children, href }) => <MarkdownLink to={href ? linkOf(href) : null}>{children}</MarkdownLink>,
});

/** A path means nothing here: it would lead to the portal's own pages. */
const outside: LinkOf = (href) => (/^(https?:|mailto:|#)/i.test(href) ? href : null);

/**
 * Markdown that someone wrote, as GitHub reads it. HTML in it isn't interpreted, links lead to http, https and mail alone
 * (react-markdown's rule), and nothing is loaded from elsewhere.
 * @param linkOf leads links; without it they stay within the text or lead out of the portal
 */
export function MarkdownText({ text, linkOf = outside }: { text: string; linkOf?: LinkOf }) {
  return (
    <div className="max-w-3xl min-w-0 break-words">
      <Markdown remarkPlugins={[remarkGfm]} components={looksWith(linkOf)}>
        {text}
      </Markdown>
    </div>
  );
}
