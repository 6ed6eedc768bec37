/** A payer at the local gateway, for stories and tests: does what a browser would, over HTTP. */

/**
 * Opens the page behind `payUrl` and presses a button of its form. Resolves to the address that the payer is
 * sent back to (null when the trade names none). Throws Error with the page's text when the gateway refuses.
 */
export async function payAtSandbox(payUrl: string, action: 'pay' | 'cancel' = 'pay'): Promise<string | null> {
  const page = await fetch(payUrl);
  const html = await page.text();
  const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="(\w+)">/g)];
  if (!page.ok || hidden.length === 0) throw new Error(`the payment page refused: ${plain(html)}`);
  const form = new URLSearchParams(
    hidden.map(([, name = '', value = '']): [string, string] => [name, value]),
  );
  form.set('action', action);
  const answer = await fetch(new URL('pay', payUrl), { method: 'POST', body: form, redirect: 'manual' });
  if (answer.status >= 400) throw new Error(`the payment was refused: ${plain(await answer.text())}`);
  await answer.body?.cancel();
  return answer.headers.get('location');
}

function plain(html: string): string {
  return (html.split('<main>')[1] ?? html)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
