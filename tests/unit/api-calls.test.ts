import { expect, it } from "vitest";
import { apiCallProblems, apiCallProblemsIn } from "../../scripts/api-calls";

it("finds nothing in the code as it is", () => {
  expect(apiCallProblems()).toEqual([]);
});

it.each([
  ["a connection of its own", "const answer = await fetch(path);"],
  ["an address of the API", "const href = `/api/v1/runs/${id}`;"],
  ["a stream of a path", "const source = new EventSource(`/events?${query}`);"],
  ["a path with a value in it", "await apiPost(`/runs/${id}/cancel`);"],
  ["a path that is handed on", "await apiDelete(path, { path: { id } });"],
  ["a link whose path is put together", "const href = apiHref(`/runs/${id}`);"],
  [
    "the cast of an answer",
    'const run = (await apiGet("/runs/{id}", { path: { id: idOf(run) } })) as RunDto;',
  ],
  ["the cast of a promise", 'return apiGet("/runs") as Promise<Runs>;'],
])("finds %s", (_name, text) => {
  expect(apiCallProblemsIn("components/runs/another.ts", text)).toHaveLength(1);
});

it("leaves comments, constants and other functions alone", () => {
  const text = [
    "/** What `fetch(path)` of /api/v1 would answer. */",
    "router.prefetch(path);",
    "await refetch(path);",
    'const hour = { query: { range: "1h" } } as const;',
    'await apiGet("/environments/{id}/metrics", { path: { id }, ...hour });',
    'const source = new EventSource(apiHref("/events", { query: { topics } }));',
  ].join("\n");
  expect(apiCallProblemsIn("components/runs/another.ts", text)).toEqual([]);
});
