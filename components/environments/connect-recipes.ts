import { apiHref } from "@/components/data/api-href";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";

/** A line to copy. */
export interface ConnectRecipe {
  label: string;
  /** Without secrets: a placeholder stands where one belongs. */
  text: string;
  /** What a reveal asks for, and the line with what it answered. */
  secret?: { component: string; name: string; withValue: (value: string) => string };
  /** The page people open, where the line is one. */
  href?: string;
  /** The line that alone is enough. */
  isMain?: true;
}

interface Client {
  /** Images and programs of the server, without registry and tag. */
  server: RegExp;
  scheme: string;
  /** User, password and database as the server expects them. */
  credentials: string;
  path: string;
  command: (url: string) => string;
}

const clients: readonly Client[] = [
  {
    server: /^(postgres|postgresql|postgis|timescaledb|pgvector)(?![\w-])/,
    scheme: "postgres",
    credentials: "<user>:<password>@",
    path: "/<database>",
    command: (url) => `psql ${quoted(url)}`,
  },
  {
    server: /^(redis|valkey|keydb)(?![\w-])/,
    scheme: "redis",
    credentials: ":<password>@",
    path: "/0",
    command: (url) => `redis-cli -u ${quoted(url)}`,
  },
  {
    server: /^(mysql|mariadb|percona)(?![\w-])/,
    scheme: "mysql",
    credentials: "<user>:<password>@",
    path: "/<database>",
    command: (url) => `mysqlsh ${quoted(url)}`,
  },
  {
    server: /^mongo(db)?(?![\w-])/,
    scheme: "mongodb",
    credentials: "<user>:<password>@",
    path: "/<database>",
    command: (url) => `mongosh ${quoted(url)}`,
  },
];

export interface RecipeContext {
  environmentId: string;
  /** Address of the portal, for calls of its API. */
  portal: string;
}

/** How to reach a running component: URL and curl, a database's client, addresses; its log where nothing listens. */
export function connectRecipes(one: ResourceDto, context: RecipeContext): ConnectRecipe[] {
  const client = clientOf(one);
  if (client) return databaseRecipes(one, client);
  if (one.url) {
    return [
      { label: "URL", text: one.url, href: one.url },
      { label: "curl", text: `curl -i ${quoted(one.url)}`, isMain: true },
    ];
  }
  if (one.addresses.length > 0) {
    return one.addresses.map(({ port, address }) => ({ label: `Port ${port}`, text: address, isMain: true }));
  }
  return [{ label: "Follow log", text: logCall(one.component, context) }];
}

/** The one line that reaches each component, what people open first; at most three. */
export function mainRecipes(
  environment: Pick<EnvironmentDetail, "resources" | "url">,
  context: RecipeContext,
): ConnectRecipe[] {
  const running = environment.resources.filter((one) => one.status === "running");
  const isOpened = (one: ResourceDto) => one.url !== null && one.url === environment.url;
  return [...running.filter(isOpened), ...running.filter((one) => !isOpened(one))]
    .flatMap((one) => {
      const main = connectRecipes(one, context).find((recipe) => recipe.isMain);
      return main ? [{ ...main, label: one.title }] : [];
    })
    .slice(0, 3);
}

function databaseRecipes(one: ResourceDto, client: Client): ConnectRecipe[] {
  const address = one.addresses[0]?.address;
  const name = one.secretOutputs.find((output) => /^(url|uri|dsn|connection)/i.test(output));
  const known = Object.entries(one.outputs).find(
    ([output, value]) => /^(url|uri|dsn|connection)/i.test(output) && typeof value === "string",
  );
  const url =
    typeof known?.[1] === "string"
      ? known[1]
      : `${client.scheme}://${client.credentials}${address ?? "<host>:<port>"}${client.path}`;
  const secret = (withValue: (value: string) => string) =>
    name && !known ? { secret: { component: one.component, name, withValue } } : {};
  return [
    { label: "Client", text: client.command(url), ...secret(client.command), isMain: true },
    { label: "Connection URL", text: url, ...secret((value) => value) },
  ];
}

/** By program or image; a template's icon and title only where neither is known. */
function clientOf(one: ResourceDto): Client | undefined {
  const { program, image } = one.attributes;
  const known = [program, image].filter((value) => typeof value === "string");
  const icons = ["database", "zap"];
  const names =
    known.length > 0
      ? known.map((value) => value.replace(/^.*\//, ""))
      : one.icon && icons.includes(one.icon)
        ? [one.title, one.component]
        : [];
  return clients.find(({ server }) => names.some((name) => server.test(name.toLowerCase())));
}

/** A call of the API that follows a component's log. */
function logCall(component: string, { environmentId, portal }: RecipeContext): string {
  const log = apiHref("/environments/{id}/logs", { path: { id: environmentId }, query: { component } });
  return apiCall(portal, log, "-sN");
}

/** A GET of the API as a curl line, with the token in a variable. */
export function apiCall(portal: string, href: string, flags = "-s"): string {
  return `curl ${flags} -H "Authorization: Bearer $ROSTRUM_TOKEN" ${quoted(`${portal}${href}`)}`;
}

/** One word of a POSIX shell, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
