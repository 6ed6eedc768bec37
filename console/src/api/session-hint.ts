/** Whether somebody was signed in here last time: public pages needn't ask the server about a visitor. A hint only. */

const KEPT = 'signed-in';

export function sessionHint(): boolean {
  return localStorage.getItem(KEPT) === '1';
}

export function keepSessionHint(signedIn: boolean): void {
  if (signedIn) localStorage.setItem(KEPT, '1');
  else localStorage.removeItem(KEPT);
}
