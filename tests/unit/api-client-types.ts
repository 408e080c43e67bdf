/**
 * What a call of the API may be, told to the compiler: nothing here runs. A mistake that compiled would leave its
 * `@ts-expect-error` without an error, which is one itself.
 */
import { apiDelete, apiGet, apiPatch, apiPost } from "@/components/data/api";
import { apiHref, csvHref } from "@/components/data/api-href";

/** Calls that compile. */
export async function calls(id: string) {
  const found = await apiGet("/environments", { query: { q: "shop", limit: 5 } });
  const names: string[] = found.items.map((item) => item.name);
  const path = { id };
  const { runId } = await apiPost("/requests/{id}/decisions", {
    path,
    body: { decision: "approve", digest: "d", reason: "" },
  });
  const nothing: undefined = await apiDelete("/tokens/{id}", { path });
  await apiPost("/audit/verify");
  await apiPost("/uploads", { query: { name: "a.zip" }, body: new Blob([]) });
  await apiPost("/templates", { body: "kind: Template" });
  return { names, runId, nothing };
}

/** Calls that don’t. */
export async function mistakes(id: string) {
  const path = { id };
  // @ts-expect-error a path that the API doesn't have
  await apiGet("/enviroments");
  // @ts-expect-error a path put together from a value
  await apiGet(`/environments/${id}`);
  // @ts-expect-error a method that the path doesn't know
  await apiDelete("/audit");
  // @ts-expect-error nothing that fills the path
  await apiGet("/environments/{id}");
  // @ts-expect-error one of two values that fill the path
  await apiDelete("/projects/{id}/members/{userId}", { path });
  // @ts-expect-error a value for no part of the path
  await apiGet("/environments/{id}", { path: { id, name: "x" } });
  // @ts-expect-error a filter that the list doesn't know
  await apiGet("/environments", { query: { owned: "x" } });
  // @ts-expect-error a filter's value that is none of its choices
  await apiGet("/environments", { query: { status: "well" } });
  // @ts-expect-error a mistyped field that may be absent
  await apiPatch("/users/{id}", { path, body: { nmae: "x", disabled: true } });
  // @ts-expect-error a field of another type
  await apiPatch("/users/{id}", { path, body: { disabled: "yes" } });
  // @ts-expect-error a body without one of its fields
  await apiPost("/requests/{id}/decisions", { path, body: { decision: "approve" } });
  // @ts-expect-error a field of another kind of request
  await apiPost("/requests", { body: { kind: "stop", environment: id, backup: "b" } });
  // @ts-expect-error no body where there must be one
  await apiPost("/tokens");
  // @ts-expect-error a body where there is none
  await apiDelete("/tokens/{id}", { path, body: {} });
  // @ts-expect-error a mistyped option of the call
  await apiGet("/environments", { signl: AbortSignal.timeout(1) });
  const environment = await apiGet("/environments/{id}", { path });
  // @ts-expect-error a field that the answer doesn't have
  const title = environment.titel;
  // @ts-expect-error a field of an item that the answer doesn't have
  const items = (await apiGet("/environments")).items.map((item) => item.title);
  // @ts-expect-error a link without what fills its path
  const href = apiHref("/environments/{id}/logs");
  // @ts-expect-error a filter that the file's list doesn't know
  const file = csvHref("/runs", { query: { state: "failed" } });
  return { title, items, href, file };
}
