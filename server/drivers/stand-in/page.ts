/** Plain pages of the local gateways: no script, one served stylesheet, everything escaped, Chinese first. */

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** A page that says at its head which channel it is not; `main` is HTML whose parts were escaped. `not`: what it doesn't do. */
export function standInPage(
  channel: { zh: string; en: string },
  title: string,
  main: string,
  not = 'No real money moves.',
): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="sandbox.css">
</head>
<body>
<header role="alert">
<strong>本地沙箱 · 不是${channel.zh}</strong>
<span lang="en">Local sandbox, not ${channel.en}. ${not}</span>
</header>
<main>
${main}
</main>
</body>
</html>
`;
}

export interface PayForm {
  /** Yuan with two decimals. */
  amount: string;
  subject: string;
  outTradeNo: string;
  tradeNo: string;
  /** Proves that the form comes from a page that the gateway made for a signed request. */
  ticket: string;
}

/** The form posts to `pay` beside the page: `out_trade_no` and `ticket` (hidden), `action` is `pay` or `cancel`. */
export function payForm(form: PayForm): string {
  return `<h1>确认付款 <small lang="en">Confirm payment</small></h1>
<p class="amount">¥ ${escaped(form.amount)}</p>
<dl>
<dt>商品 <span lang="en">Item</span></dt><dd>${escaped(form.subject)}</dd>
<dt>订单号 <span lang="en">Order</span></dt><dd>${escaped(form.outTradeNo)}</dd>
<dt>交易号 <span lang="en">Trade</span></dt><dd>${escaped(form.tradeNo)}</dd>
</dl>
<form method="post" action="pay">
<input type="hidden" name="out_trade_no" value="${escaped(form.outTradeNo)}">
<input type="hidden" name="ticket" value="${escaped(form.ticket)}">
<button name="action" value="pay">付款 <span lang="en">Pay</span></button>
<button name="action" value="cancel" class="quiet">取消 <span lang="en">Cancel</span></button>
</form>`;
}

export function endedText(paid: boolean, amount: string, returnUrl: string | null): string {
  const [zh, en] = paid ? ['这笔交易已付款', 'Already paid'] : ['这笔交易已关闭', 'Closed'];
  const back = returnUrl
    ? `<p><a href="${escaped(returnUrl)}">返回商家 <span lang="en">Back</span></a></p>`
    : '';
  return `<h1>${zh} <small lang="en">${en}</small></h1>\n<p class="amount">¥ ${escaped(amount)}</p>\n${back}`;
}

export function refusedText(code: string, message: string): string {
  return `<h1>请求被拒绝 <small lang="en">Request refused</small></h1>
<p>错误代码 <span lang="en">Error</span> <code>${escaped(code)}</code></p>
<p>${escaped(message)}</p>`;
}

/** A browser holds a form's redirect to `form-action` too, so the merchant's origin has to be in it. */
export function pagePolicy(returnUrl: string | null): string {
  const origin = returnUrl ? new URL(returnUrl).origin : '';
  const back = /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? ` ${origin}` : '';
  return `default-src 'none'; style-src 'self'; form-action 'self'${back}; base-uri 'none'; frame-ancestors 'none'`;
}

export const STYLESHEET = `
body { margin: 0; font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #1f2329; background: #f5f6f8; }
header { display: flex; flex-wrap: wrap; gap: 0 16px; justify-content: center; padding: 12px 16px;
  background: #ad4e00; color: #fff; }
main { max-width: 480px; margin: 48px auto; padding: 32px; background: #fff; border-radius: 8px; }
h1 { margin: 0 0 16px; font-size: 22px; }
small, dt { color: #5c6370; font-weight: normal; font-size: 14px; }
.amount { margin: 16px 0; font-size: 36px; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 16px; }
dd { margin: 0; overflow-wrap: anywhere; }
form { display: flex; gap: 12px; margin-top: 32px; }
button { flex: 1; padding: 12px; font: inherit; border: 1px solid #0958d9; border-radius: 6px;
  background: #0958d9; color: #fff; cursor: pointer; }
button.quiet { background: #fff; color: #1f2329; border-color: #8c8c8c; }
button:focus-visible, a:focus-visible { outline: 3px solid #ffa940; outline-offset: 2px; }
`;
