/** Our mark: a lectern of three bars on a dark rounded square. */
export function Mark({ className = "size-5" }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6.5" className="fill-primary" />
      <g className="fill-on-primary">
        <rect x="5.5" y="6" width="13" height="2.8" rx="1.1" />
        <rect x="7.25" y="10.6" width="9.5" height="2.8" rx="1.1" />
        <rect x="5.5" y="15.2" width="13" height="2.8" rx="1.1" />
      </g>
    </svg>
  );
}
