export const quantityLimit = 10;
const lineLimit = 20;

/**
 * The basket lives in a cookie ("3:2,7:1"), not in the memory of one replica: any copy of this tier can answer
 * any request, and copies can come and go while people shop.
 */
export function readBasket(headers) {
  const cookie = /(?:^|;\s*)basket=([\d:,]*)/.exec(headers.cookie ?? "");
  const basket = new Map();
  for (const part of (cookie?.[1] ?? "").split(",").slice(0, lineLimit)) {
    const [id, quantity] = part.split(":").map(Number);
    if (id > 0 && quantity > 0) basket.set(id, Math.min(quantityLimit, quantity));
  }
  return basket;
}

export function writeBasket(basket) {
  const text = [...basket].map(([id, quantity]) => `${id}:${quantity}`).join(",");
  const age = text ? "Max-Age=604800" : "Max-Age=0";
  return { "set-cookie": `basket=${text}; Path=/; HttpOnly; SameSite=Lax; ${age}` };
}

/** A new basket with that quantity of a product; zero takes it out. */
export function setQuantity(basket, id, quantity) {
  const next = new Map(basket);
  if (quantity > 0) next.set(id, Math.min(quantityLimit, quantity));
  else next.delete(id);
  return next;
}

export function countPieces(basket) {
  return [...basket.values()].reduce((sum, quantity) => sum + quantity, 0);
}

/** Basket and products together; what is not for sale any more is left out. */
export function fillBasket(basket, products) {
  return products
    .filter((product) => basket.has(product.id))
    .map((product) => ({ product, quantity: basket.get(product.id) }));
}
