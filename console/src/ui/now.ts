import { useEffect, useState } from 'react';

/** How far the server's clock is ahead of the browser's: in a world whose clock is moved, else nothing. */
let ahead = 0;

function browserMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Takes over what a world's clock shows; null where time is real. */
export function keepPresent(shown: string | null): void {
  ahead = shown === null ? 0 : Date.parse(shown) - browserMs();
}

export function aheadMs(): number {
  return ahead;
}

/** The present instant in milliseconds since 1970; countdowns only, never sent anywhere. */
export function presentMs(): number {
  return browserMs() + ahead;
}

/** The present, again every `everyMs`, for countdowns. */
export function usePresent(everyMs = 30_000): number {
  const [now, setNow] = useState(presentMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(presentMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
