// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions of the template language
/**
 * Malformed manifests: `from` is replaced by `to` in web-with-postgres.yaml (or the whole text is `text`), and
 * a problem must say `says` on the line where `at` first stands in the changed text.
 */
export type MalformedCase = {
  name: string;
  says: string;
  at?: string;
  from?: string;
  to?: string;
  text?: string;
};

const edit = (name: string, from: string, to: string, at: string, says: string): MalformedCase => ({
  name,
  from,
  to,
  at,
  says,
});
const whole = (name: string, text: string, says: string, at?: string): MalformedCase => ({
  name,
  text,
  says,
  ...(at ? { at } : {}),
});

const aliasBomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;

const texts = [
  whole("empty", "", "empty"),
  whole("only a comment", "# nothing\n", "empty"),
  whole("a list", "- a\n", "expected a map"),
  whole("a text", "hello\n", "expected a map"),
  whole("oversized", `a: ${"x".repeat(300_000)}\n`, "at most 256 KiB"),
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

const envelope = [
  edit("wrong apiVersion", "rostrum.dev/v1", "rostrum.dev/v2", "apiVersion", "expected rostrum.dev/v1"),
  edit("wrong kind", "kind: Template", "kind: Templat", "kind:", 'did you mean "Template"'),
  edit("missing kind", "kind: Template\n", "", "apiVersion", '"kind" is required'),
  edit("missing name", "  name: web-with-postgres\n", "", "metadata:", '"name" is required'),
  edit("name in capitals", "name: web-with-postgres", "name: Web", "name: Web", "lower-case"),
  edit("unknown key", "owner: platform", "ownr: platform", "ownr", 'did you mean "owner"'),
  edit("title is a number", "title: Web app with PostgreSQL", "title: 7", "title: 7", "expected a text"),
  edit("tags are a text", "tags: [web, database]", "tags: web", "tags:", "expected a list"),
  edit("icon with spaces", "icon: globe", "icon: A Globe", "icon:", "lucide"),
  edit("version is not semver", "version: 1.2.0", "version: 1.2", "version: 1.2", "expected a text"),
  edit("version with a v", "version: 1.2.0", "version: v1.2.0", "version: v", "version such as 1.2.0"),
  edit("duplicate key", "owner: platform", "owner: platform\n  owner: me", "owner: me", "twice"),
  edit("tab indentation", "  owner: platform", "\towner: platform", "owner:", "tab"),
  edit(
    "several documents",
    "apiVersion: rostrum.dev/v1",
    "a: 1\n---\napiVersion: rostrum.dev/v1",
    "---",
    "several documents",
  ),
];

const parameters = [
  edit(
    "unknown type",
    "{ type: boolean, default",
    "{ type: bool, default",
    "type: bool,",
    'did you mean "boolean"',
  ),
  edit(
    "default outside enum",
    "default: small",
    "default: large",
    "default: large",
    "must be one of small, medium",
  ),
  edit("default of wrong type", "default: false", 'default: "no"', 'default: "no"', "must be true or false"),
  edit(
    "default above maximum",
    "maximum: 5, default: 1",
    "maximum: 5, default: 9",
    "default: 9",
    "at most 5",
  ),
  edit(
    "minimum above maximum",
    "minimum: 1, maximum: 5",
    "minimum: 9, maximum: 5",
    "minimum: 9",
    "must not be above",
  ),
  edit("enumNames too short", "[Small, Medium]", "[Small]", "[Small]", "as many entries"),
  edit("required but missing", "required: [size]", "required: [siz]", "[siz]", "not one of the properties"),
  edit("bad pattern", "maxLength: 400", 'pattern: "("', 'pattern: "("', "regular expression"),
  edit(
    "pattern that looks around",
    "maxLength: 400",
    'pattern: "^(?!x)a"',
    'pattern: "^(?!x)a"',
    "look-around or back-references",
  ),
  edit(
    "pattern that repeats too much",
    "maxLength: 400",
    'pattern: "((a{50}){20}b){9}c{900}"',
    "pattern:",
    "repeats too much",
  ),
  edit("unknown widget", 'ui:widget": slider', 'ui:widget": slidr', "slidr", 'did you mean "slider"'),
  edit(
    "slider without bounds",
    "minimum: 1, maximum: 5, default: 1",
    "default: 1",
    "slider",
    "needs minimum and maximum",
  ),
  edit("secret with default", "minLength: 8", 'default: "12345678"', "12345678", "must not have a default"),
  edit("parameter twice", "greeting: {", "size: {", "size: { type: string, maxLength", "another page"),
  edit("parameter name with dash", "greeting:", "the-greeting:", "the-greeting", "not a valid name"),
  edit(
    "list without items",
    "greeting: { type: string",
    "greeting: { type: array",
    "greeting:",
    "needs items",
  ),
  edit(
    "preset of unknown parameter",
    "parameters: { size: small }",
    "parameters: { sise: small }",
    "sise",
    'did you mean "size"',
  ),
  edit(
    "preset outside enum",
    "parameters: { size: small }",
    "parameters: { size: huge }",
    "huge",
    "must be one of",
  ),
  edit("preset lease too long", "leaseDays: 3", "leaseDays: 400", "leaseDays", "longer than the maximum"),
];

const components = [
  edit(
    "no implementation",
    "process: { program: valkey, ports: [6379] }",
    "title: Cache",
    "cache:",
    "has no implementation",
  ),
  edit("component name", "    cache:", "    Cache:", "    Cache:", "not a valid name"),
  edit("cpu", "cpu: 0.5", "cpu: half", "half", "number of cores"),
  edit("memory in lower case", "memory: 512Mi", "memory: 512m", "512m", "a size such as"),
  edit("negative replicas", 'replicas: "${{ parameters.replicas }}"', "replicas: -1", "-1", "at least 0"),
  edit("secret too short", "generate: 24", "generate: 3", "generate: 3", "at least 8"),
  edit(
    "secret from both",
    "{ generate: 24 }",
    "{ generate: 24, parameter: apiKey }",
    "{ generate: 24, parameter",
    "exactly one of",
  ),
  edit(
    "secret from unknown parameter",
    "parameter: apiKey",
    "parameter: apiKy",
    "apiKy",
    'did you mean "apiKey"',
  ),
  edit(
    "secret from public parameter",
    "parameter: apiKey",
    "parameter: size",
    "parameter: size",
    "format: secret",
  ),
  edit("misspelt key", "image: postgres:17", "imge: postgres:17", "imge", 'did you mean "image"'),
  edit("missing image", "        image: postgres:17\n", "", "container:", '"image" is required'),
  edit(
    "Compose key",
    "expose: [5432]",
    "privileged: true",
    "privileged",
    "Compose key that Rostrum does not support",
  ),
  edit("depends_on", "expose: [5432]", "depends_on: [web]", "depends_on", "requires"),
  edit("port out of range", 'ports: ["8080"]', 'ports: ["808080"]', "808080", "expected a port"),
  edit("port twice", 'ports: ["8080"]', 'ports: ["8080", "90:8080"]', "90:8080", "in the list already"),
  edit("host folder as volume", "data:/var/lib", "/etc:/var/lib", "/etc:", "no host folders"),
  edit("path out of the template", '"/app": app', '"/app": ../app', "../app", "inside the template"),
  edit("environment line", '"PLAIN=1"', '"PLAIN"', '"PLAIN"', "NAME=value"),
  edit("restore missing", "        restore: [pg_restore, -d, app]\n", "", "dump:", "needs the restore"),
  edit("command as text", "dump: [pg_dump, -Fc, app]", "dump: pg_dump", "dump:", "list of arguments"),
  edit("bad cron", '"0 2 * * *"', '"0 25 * * *"', "0 25", "cron schedule"),
  edit(
    "keep nothing",
    '"0 2 * * *"',
    '"0 2 * * *"\n        keep: {daily: 0}',
    "keep:",
    "at least one restore point",
  ),
  edit("health path", "http: /healthz", "http: healthz", "healthz", "starts with /"),
  edit("two health checks", "http: /healthz", "http: /healthz, tcp: 80", "health:", "exactly one of"),
  edit(
    "bad interval",
    "http: /healthz",
    "http: /healthz, interval: 10 secs",
    "10 secs",
    "a duration such as",
  ),
  edit("scaling min above max", "min: 1, max: 5", "min: 6, max: 5", "min: 6", "must not be above max"),
  edit("unknown metric", "min: 1, max: 5", "min: 1, max: 5, metric: disk", "disk", "one of cpu, memory"),
  edit("requires unknown", "requires: [web]", "requires: [wep]", "[wep]", 'did you mean "web"'),
  edit("requires itself", "requires: [web]", "requires: [hook]", "[hook]", "requires itself"),
  edit("cycle", "title: PostgreSQL", "requires: [web]", "db:", "in a circle: db → web → db"),
  edit("method", 'url: "https://hooks', 'method: GRAB, url: "https://hooks', "GRAB", "one of GET, POST"),
];

const expressions = [
  edit(
    "unknown component",
    'components.db.outputs.url }}", "PL',
    'components.bd.outputs.url }}", "PL',
    "components.bd",
    'did you mean "db"',
  ),
  edit(
    "unknown output",
    'components.db.outputs.url }}", "PL',
    'components.db.outputs.uri }}", "PL',
    "outputs.uri",
    'did you mean "url"',
  ),
  edit("unknown member", "components.web.url", "components.web.urls", "web.urls", 'no "urls"'),
  edit(
    "unknown parameter",
    "{{ parameters.replicas",
    "{{ parameters.replica",
    "{{ parameters.replica ",
    'did you mean "replicas"',
  ),
  edit(
    "unknown secret",
    'POSTGRES_PASSWORD: "${{ secrets.password',
    'POSTGRES_PASSWORD: "${{ secrets.pass',
    "secrets.pass ",
    'no secret of this component "pass"',
  ),
  edit(
    "unknown root",
    "{{ parameters.withCache",
    "{{ params.withCache",
    "params.",
    '"params" cannot be used here',
  ),
  edit(
    "self in an implementation",
    "args: [server.js]",
    'args: ["${{ self.host }}"]',
    "args:",
    '"self" cannot be used here',
  ),
  edit(
    "reference to itself",
    "args: [server.js]",
    'args: ["${{ components.web.url }}"]',
    "args:",
    "refers to itself",
  ),
  edit("undeclared port", "self.ports[5432]", "self.ports[5433]", "5433", "port 5433 is not declared"),
  edit(
    "condition known too late",
    "{{ parameters.withCache",
    "{{ components.db.outputs.url",
    "when:",
    "cannot be used here",
  ),
  edit(
    "condition without expression",
    '"${{ parameters.withCache }}"',
    "parameters.withCache",
    "when:",
    "expected true, false",
  ),
  edit(
    "unclosed expression",
    "{{ components.web.url }}",
    "{{ components.web.url }",
    "web.url",
    "close it with }}",
  ),
  edit("empty expression", "{{ components.web.url }}", "{{ }}", "{{ }}", "empty"),
  edit("syntax", "{{ components.web.url }}", "{{ 1 + }}", "1 +", "unexpected token"),
  edit("unknown function", "{{ components.web.url }}", "{{ shout('a') }}", "shout", "shout"),
  edit("operator on wrong types", "{{ components.web.url }}", "{{ 1 + 'a' }}", "1 + 'a'", "no such overload"),
  edit(
    "nested loops",
    "{{ components.web.url }}",
    "{{ [1].map(a, [1].map(b, [1].map(c, c))) }}",
    "map(",
    "two deep",
  ),
  edit(
    "unknown property of the environment",
    "environment.name",
    "environment.nam",
    "environment.nam ",
    'did you mean "name"',
  ),
];

const lifecycle = [
  edit(
    "lease default above max",
    "default: 14d, max: 90d",
    "default: 140d, max: 90d",
    "140d",
    "longer than the maximum",
  ),
  edit("lease is a number", "default: 14d", "default: 14", "default: 14,", "a duration such as"),
  edit("unknown schedule", "schedule: office-hours", "schedule: nights", "nights", "expected always"),
  edit(
    "unknown time zone",
    "schedule: office-hours",
    'schedule: {start: "0 7 * * 1-5", stop: "0 19 * * 1-5", timezone: Mars}',
    "Mars",
    "not a time zone",
  ),
  edit(
    "acceptance of unknown output",
    'outputs.url }}", status',
    'outputs.uri }}", status',
    "outputs.uri",
    'no output "uri"',
  ),
  edit("acceptance status", "status: 200", "status: 20", "status: 20", "at least 100"),
  edit(
    "action on unknown component",
    "component: db, run",
    "component: dbb, run",
    "dbb",
    'did you mean "db"',
  ),
  edit("action without command", 'run: [psql, -c, "select 1"]', "run: []", "run: []", "must not be empty"),
];

export const malformedCases: MalformedCase[] = [
  ...texts,
  ...envelope,
  ...parameters,
  ...components,
  ...expressions,
  ...lifecycle,
];
