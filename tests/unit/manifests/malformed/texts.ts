import { edit, whole } from "./case";

const aliasBomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;

/** Texts that are no manifest at all. */
export const texts = [
  whole("empty", "", "empty"),
  whole("only a comment", "# nothing\n", "empty"),
  whole("a list", "- a\n", "expected a map"),
  whole("a text", "hello\n", "expected a map"),
  whole("oversized", `a: ${"x".repeat(300_000)}\n`, "the maximum is 256 KiB"),
  whole("alias bomb", aliasBomb, "too many aliases"),
  whole("nested too deeply", `a: ${"[".repeat(100)}${"]".repeat(100)}\n`, "nested too deeply"),
  whole("thousands of brackets", "[".repeat(60_000), "nested too deeply"),
  whole("thousands of maps", `x:\n${"- ".repeat(60_000)}`, "nested too deeply", "- "),
  whole(
    "thousands of lines, each deeper",
    Array.from({ length: 500 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    "nested too deeply",
    `${" ".repeat(135)}a:`,
  ),
  whole("control character", "a: b\nc: \u0001\n", "not text", "c:"),
  whole("lone surrogate", "a: \ud800\n", "not text"),
  whole("unclosed quote", 'kind: "Template', "not valid YAML"),
  whole("unknown alias", "a: *nowhere\n", "not valid YAML", "a:"),
];

/** Manifests that are wrong in what stands around their parts. */
export const envelope = [
  edit("wrong apiVersion", "rostrum.dev/v1", "rostrum.dev/v2", "apiVersion", "expected rostrum.dev/v1"),
  edit("wrong kind", "kind: Template", "kind: Templat", "kind:", 'did you mean "Template"'),
  edit("missing kind", "kind: Template\n", "", "apiVersion", '"kind" is required'),
  edit("missing name", "  name: web-with-postgres\n", "", "metadata:", '"name" is required'),
  edit("name in capitals", "name: web-with-postgres", "name: Web", "name: Web", "lowercase"),
  edit("unknown key", "owner: platform", "ownr: platform", "ownr", 'did you mean "owner"'),
  edit("title is a list", "title: Web app with PostgreSQL", "title: [3]", "title: [3]", "expected a string"),
  edit("tags are a text", "tags: [web, database]", "tags: web", "tags:", "expected a list"),
  edit("icon with spaces", "icon: globe", "icon: A Globe", "icon:", "lucide"),
  edit(
    "version is not semver",
    "version: 1.2.0",
    "version: 1.2",
    "version: 1.2",
    "expected a version such as 1.2.0",
  ),
  edit("version with a v", "version: 1.2.0", "version: v1.2.0", "version: v", "version such as 1.2.0"),
  edit("duplicate key", "owner: platform", "owner: platform\n  owner: me", "owner: me", "duplicate key"),
  edit("tab indentation", "  owner: platform", "\towner: platform", "owner:", "tab"),
  edit(
    "several documents",
    "apiVersion: rostrum.dev/v1",
    "a: 1\n---\napiVersion: rostrum.dev/v1",
    "---",
    "several documents",
  ),
];
