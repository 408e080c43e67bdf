/** Who maintains a template, as a link to where they are reached; the version's manifest may only name an address or https. */
export function Maintainer({ owner, contact }: { owner: string; contact: string | null }) {
  const name = owner || "No owner";
  if (contact === null) return name;
  const isEmail = contact.startsWith("mailto:");
  return (
    <a
      href={contact}
      className="link underline underline-offset-2"
      {...(!isEmail && { target: "_blank", rel: "noopener noreferrer nofollow" })}
      title={isEmail ? contact.slice("mailto:".length) : contact}
    >
      {isEmail ? `Email ${owner}` : `Contact ${owner}`}
    </a>
  );
}
