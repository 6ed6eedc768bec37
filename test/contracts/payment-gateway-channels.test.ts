import { RETRY_SECONDS } from '#drivers/wechatpay/sandbox-notices.ts';
import { openAlipay, openWechatPay } from './payment-gateway-channels.ts';
import { gatewayContract } from './payment-gateway-contract.ts';

gatewayContract({
  name: 'alipay',
  open: openAlipay,
  retrySeconds: [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * 60),
  tellsClosed: true,
  currency: null,
});

for (const verifies of ['certificate', 'public_key'] as const) {
  gatewayContract({
    name: `wechatpay by ${verifies}`,
    open: openWechatPay(verifies),
    retrySeconds: RETRY_SECONDS,
    tellsClosed: false,
    currency: 'CNY',
  });
}
