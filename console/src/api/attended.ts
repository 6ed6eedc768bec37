/** Whether somebody is at the page: what it asks by itself while nobody is keeps no session alive. */

const AWAY_MS = 120_000;
let last = performance.now();

function seen(): void {
  last = performance.now();
}

for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  window.addEventListener(sign, seen, { capture: true, passive: true });

export function attended(): boolean {
  return performance.now() - last < AWAY_MS;
}
