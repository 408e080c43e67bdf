import { type RefObject, useEffect, useRef, useState } from "react";

/** How long after a wheel, a key or a finger scrolling is still by hand. */
const handMs = 5_000;
/** So near to the end counts as at the end, in pixels. */
const nearPixels = 40;

/** What a frame tells of its reader. */
export interface FollowingHandlers {
  onScroll: () => void;
  onTouch: () => void;
}

/** Keeps a frame at its end while lines come, until its reader scrolls up; at the end it continues by itself. */
export function useFollowing(
  frame: RefObject<HTMLElement | null>,
  count: number,
): { follow: boolean; setFollow: (follow: boolean) => void; handlers: FollowingHandlers } {
  const [follow, setFollow] = useState(true);
  const lastTop = useRef(0);
  const touched = useRef(Number.NEGATIVE_INFINITY);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end
  useEffect(() => {
    if (follow && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [follow, count]);

  function onScroll() {
    const element = frame.current;
    if (!element) return;
    const upwards = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    if (element.scrollHeight - element.scrollTop - element.clientHeight < nearPixels) setFollow(true);
    else if (upwards && performance.now() - touched.current < handMs) setFollow(false);
    // Away from the end by no hand: lines came faster than the frame went with them.
    else if (follow) element.scrollTop = element.scrollHeight;
  }

  function onTouch() {
    touched.current = performance.now();
  }

  return { follow, setFollow, handlers: { onScroll, onTouch } };
}
