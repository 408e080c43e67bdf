import { DatabaseAway } from "../../../_kit/database-away.mjs";
import { HttpError, json, page, redirect } from "../../../_kit/http.mjs";
import { parseId } from "./entries.mjs";

export function createRoutes({ entries, views, database, assets }) {
  const readBefore = (query) => (query.has("before") ? parseId(query.get("before")) : undefined);

  async function showHome({ query }) {
    try {
      return page(views.home({ list: await entries.list(readBefore(query)), older: query.has("before") }));
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return page(views.home({ list: null }), 503, { "retry-after": "3" });
    }
  }

  /** A refused form comes back with what was typed and what is wrong with it; nothing has to be typed again. */
  async function addFromForm({ body }) {
    try {
      await entries.add(body);
      return redirect("/");
    } catch (error) {
      const away = error instanceof DatabaseAway;
      if (!away && !(error instanceof HttpError)) throw error;
      const list = away ? null : await entries.list();
      const problems = away ? {} : error.fields;
      return page(views.home({ list, typed: body, problems }), away ? 503 : 422);
    }
  }

  return {
    ...assets.routes,
    "GET /": showHome,
    "POST /entries": addFromForm,
    "POST /entries/:id/delete": async ({ params }) => {
      await entries.remove(parseId(params.id));
      return redirect("/");
    },
    "GET /api/entries": async ({ query }) => json(await entries.list(readBefore(query))),
    "POST /api/entries": async ({ body }) => json(await entries.add(body), 201),
    "DELETE /api/entries/:id": async ({ params }) => {
      await entries.remove(parseId(params.id));
      return { status: 204, headers: {}, body: "" };
    },
    "GET /healthz": async () => {
      const ready = await database.check();
      const status = ready ? "ok" : "database unavailable";
      return json({ status, database: database.state.message }, ready ? 200 : 503);
    },
  };
}
