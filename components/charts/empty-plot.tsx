/** In the place of a chart that has nothing to show. */
export function EmptyPlot({ height, children }: { height: number; children: string }) {
  return (
    <div
      className="flex items-center justify-center rounded-control bg-subtle text-sm text-muted"
      style={{ height }}
    >
      {children}
    </div>
  );
}
