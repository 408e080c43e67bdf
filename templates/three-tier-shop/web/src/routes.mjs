import { randomUUID } from "node:crypto";
import { HttpError, json, page, redirect } from "../../../_kit/http.mjs";
import { ApiAway } from "./api.mjs";
import { countPieces, fillBasket, readBasket, setQuantity, writeBasket } from "./basket.mjs";

function parseId(text) {
  const id = Number(text);
  if (Number.isInteger(id) && id > 0 && id < 2 ** 31) return id;
  throw new HttpError(422, "This product is not available.");
}

function parseQuantity(text) {
  const quantity = Number(text ?? 1);
  if (Number.isInteger(quantity) && quantity >= 0 && quantity <= 10) return quantity;
  throw new HttpError(422, "Choose a quantity from 0 to 10.");
}

export function createRoutes({ api, views, assets }) {
  async function showProducts({ headers }) {
    const { data, servedBy } = await api.products();
    return page(views.products({ products: data.products, basket: readBasket(headers), servedBy }));
  }

  async function showBasket({ headers }, { problem, typed = {}, status = 200 } = {}) {
    const basket = readBasket(headers);
    const { data, servedBy } = await api.products();
    const lines = fillBasket(basket, data.products);
    // The token stays the same while the form is corrected: however often it is sent, one order is placed.
    const token = typed.token ?? randomUUID();
    return page(views.basket({ lines, basket, token, problem, typed, servedBy }), status);
  }

  async function placeOrder(request) {
    const basket = readBasket(request.headers);
    const lines = [...basket].map(([productId, quantity]) => ({ productId, quantity }));
    const { customer, token } = request.body;
    try {
      const { data } = await api.place({ token, customer, lines });
      return redirect(`/orders?placed=${data.id}`, writeBasket(new Map()));
    } catch (error) {
      if (!(error instanceof HttpError) || error instanceof ApiAway) throw error;
      return showBasket(request, { problem: error.message, typed: request.body, status: error.status });
    }
  }

  return {
    ...assets.routes,
    "GET /": showProducts,
    "GET /basket": (request) => showBasket(request),
    "POST /basket": async ({ headers, body }) => {
      const basket = readBasket(headers);
      const id = parseId(body.product);
      const more = body.add !== undefined ? (basket.get(id) ?? 0) : 0;
      const next = setQuantity(basket, id, more + parseQuantity(body.quantity));
      return redirect(body.add !== undefined ? "/" : "/basket", writeBasket(next));
    },
    "POST /orders": placeOrder,
    "GET /orders": async ({ headers, query }) => {
      const { data, servedBy } = await api.orders();
      const pieces = countPieces(readBasket(headers));
      const placed = data.orders.find((order) => String(order.id) === query.get("placed"));
      return page(views.orders({ ...data, placed, pieces, servedBy }));
    },
    "GET /status": async () => {
      const open = await api.isOpen();
      return json({ open }, open ? 200 : 503);
    },
    // Its own health only: when the API is away, restarting this tier would help nobody.
    "GET /healthz": () => json({ status: "ok" }),
  };
}
