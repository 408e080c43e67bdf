"use client";

import { useEffect, useState } from "react";

/** Whether this keyboard has a Command key. False until the browser draws. */
export function useAppleKeys(): boolean {
  const [apple, setApple] = useState(false);
  useEffect(() => setApple(/Mac|iPhone|iPad/.test(navigator.userAgent)), []);
  return apple;
}
