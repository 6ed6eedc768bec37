import { useEffect, useState } from 'react';

/** The browser's present instant in milliseconds since 1970; countdowns only, never sent anywhere. */
export function presentMs(): number {
  return performance.timeOrigin + performance.now();
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
