import type { Metadata } from "next";
import { PriceBook } from "@/components/admin/price-book";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listPriceBooks } from "@/lib/features/chargeback";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Price book" };

export default async function PricesPage() {
  const viewer = await viewerFor("/admin/prices");
  const books = await listPriceBooks();
  return (
    <Page>
      <PageHeader
        title="Price book"
        description="Hourly prices per meter. Prices are versioned; past charges never change."
      />
      {books.map((book) => (
        <PriceBook key={book.id} book={book} manages={can(viewer, "price.manage")} nowMs={Date.now()} />
      ))}
    </Page>
  );
}
