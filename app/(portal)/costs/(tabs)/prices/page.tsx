import type { Metadata } from "next";
import { PriceBook } from "@/components/admin/price-book";
import { listPriceBooks } from "@/lib/features/chargeback";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../../door";

export const metadata: Metadata = { title: "Price book" };

export default async function PricesPage() {
  const viewer = await viewerFor("/costs/prices");
  const books = await listPriceBooks();
  return (
    <>
      <p className="text-muted">Hourly prices per meter. Prices are versioned; past charges never change.</p>
      {books.map((book) => (
        <PriceBook key={book.id} book={book} manages={can(viewer, "price.manage")} nowMs={Date.now()} />
      ))}
    </>
  );
}
