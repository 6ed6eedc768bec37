/** Where to go on to once a payment has arrived; the channel's page lies in between. */

export function keepReturn(paymentId: string, back: string): void {
  sessionStorage.setItem(`top-up:${paymentId}`, back);
}

export function readReturn(paymentId: string): string | null {
  return sessionStorage.getItem(`top-up:${paymentId}`);
}
