import { DatabaseAway } from "../../../_kit/database-away.mjs";
import { HttpError, json, page, redirect } from "../../../_kit/http.mjs";
import { parseJobs } from "./jobs.mjs";

export function createRoutes({ jobs, views, database, assets }) {
  async function readBoard() {
    const [figures, recent, workers] = await Promise.all([jobs.figures(), jobs.recent(), jobs.workers()]);
    return { figures, recent, workers };
  }

  async function showBoard({ typed = {}, problem, status = 200 } = {}) {
    try {
      return page(views.board({ board: await readBoard(), typed, problem }), status);
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return page(views.board({ board: null, typed, problem }), 503, { "retry-after": "3" });
    }
  }

  return {
    ...assets.routes,
    "GET /": () => showBoard(),
    "POST /jobs": async ({ body }) => {
      try {
        await jobs.enqueue(parseJobs(body));
        return redirect("/");
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        return showBoard({ typed: body, problem: error.message, status: error.status });
      }
    },
    "POST /jobs/retry": async () => {
      await jobs.retryFailed();
      return redirect("/");
    },
    "POST /jobs/clear": async () => {
      await jobs.clearFinished();
      return redirect("/");
    },
    "GET /api/jobs": async () => json({ jobs: await jobs.recent() }),
    "POST /api/jobs": async ({ body }) => json({ ids: await jobs.enqueue(parseJobs(body)) }, 201),
    "GET /api/stats": async () => json({ ...(await jobs.figures()), workers: await jobs.workers() }),
    "GET /healthz": async () => {
      const ready = await database.check();
      const status = ready ? "ok" : "database unavailable";
      return json({ status, database: database.state.message }, ready ? 200 : 503);
    },
  };
}
